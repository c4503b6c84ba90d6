"""Grading: checks that exercise what a learner built, in a fork of the learner's cloud, and the verdicts they give.

Knows nothing about notebooks, HTTP, moto or how a world is made: it states what it needs as the Protocol `World`.
"""

from dockyard.errors import JudgementError
from dockyard.grading.checks import Check, Failure, attempt, check, expect
from dockyard.grading.exercise import Answer, Ask, Done, Exercise, InHand, Wish
from dockyard.grading.report import CheckResult, Report, StepReport, Verdict
from dockyard.grading.runner import judge
from dockyard.grading.world import Images, World

__all__ = [
    "Answer",
    "Ask",
    "Check",
    "CheckResult",
    "Done",
    "Exercise",
    "Failure",
    "Images",
    "InHand",
    "JudgementError",
    "Report",
    "StepReport",
    "Verdict",
    "Wish",
    "World",
    "attempt",
    "check",
    "expect",
    "judge",
]
