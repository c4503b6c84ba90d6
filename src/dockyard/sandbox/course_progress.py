"""How far a learner has come: the verdicts that checks gave, remembered as remarks of the journal.

Knows nothing about judging: what a verdict was is all that is kept of it. A remark changes nothing in the account, so a
return or a reset takes no progress away.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dockyard.sandbox.recollections import Recollections

if TYPE_CHECKING:
    from dockyard.content.course import Lab, Step
    from dockyard.sandbox.learner import Learner

__all__ = ["progress", "remember"]

ABOUT, PASSED, NOT_TRIED = "verdicts", "passed", "not tried"


@dataclass(slots=True)
class _Tried:
    """The latest verdict on a step, and the first that was *passed*, each with its moments."""

    last: dict[str, str]
    passed: dict[str, str] | None = None


def remember(learner: Learner, report: dict[str, Any]) -> None:
    """Write down the verdicts of a report. Raises SandboxError where the journal cannot be written."""
    verdicts = {one["step"]: one["verdict"] for one in report["steps"]}
    learner.remark(ABOUT, lab=report["lab"], verdicts=verdicts)


def progress(labs: Iterable[Lab], told: Recollections) -> list[dict[str, Any]]:
    """Each lab with its `points` and `steps`; of each step the `verdict` that counts, `passed` and `last`.

    A step that was passed once counts as passed, whatever a later check saw; `passed` and `last` are
    `{"verdict", "at", "wall"}`, simulated and real time as ISO 8601, or None.
    """
    tried = _tried(told)
    return [_lab(lab, tried) for lab in labs]


def _tried(told: Recollections) -> dict[tuple[str, str], _Tried]:
    found: dict[tuple[str, str], _Tried] = {}
    for line in told.remarks(ABOUT):
        for step, verdict in line["verdicts"].items():
            seen = {"verdict": verdict, "at": line["at"], "wall": line["wall"]}
            one = found.setdefault((line["lab"], step), _Tried(seen))
            one.last = seen
            if verdict == PASSED and one.passed is None:
                one.passed = seen
    return found


def _lab(lab: Lab, tried: dict[tuple[str, str], _Tried]) -> dict[str, Any]:
    steps = [_step(one, tried.get((lab.id, one.id))) for one in lab.steps]
    points = sum(one["points"] for one in steps)
    return {"lab": lab.id, "title": lab.title, "points": points, "of": lab.points, "steps": steps}


def _step(step: Step, tried: _Tried | None) -> dict[str, Any]:
    last, passed = (tried.last, tried.passed) if tried else (None, None)
    counts = passed or last
    return {
        "step": step.id,
        "title": step.title,
        "verdict": counts["verdict"] if counts else NOT_TRIED,
        "points": step.points if passed else 0,
        "of": step.points,
        "passed": passed,
        "last": last,
    }
