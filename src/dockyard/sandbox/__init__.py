"""The host: one process that serves a learner's cloud to real clients, keeps its journal and lends worlds to checks.

Knows nothing about what a course teaches or how a check judges.
"""
