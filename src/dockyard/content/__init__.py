"""The course's content as values: labs and graders, read from their folders into Course, Lab and Step.

Knows nothing about running anything: neither notebooks nor checks nor clouds.
"""
