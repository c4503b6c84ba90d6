"""Grading: checks that exercise what a learner built, in a fork of the learner's cloud, and the verdicts they give.

Knows nothing about notebooks, HTTP, moto or how a world is made: it states what it needs as the Protocol `World`.
"""
