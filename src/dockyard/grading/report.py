"""Verdicts as values, and as JSON (format 1, documented in docs/verdicts.md).

Knows nothing about how a verdict came about or how it is shown.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any

from dockyard.errors import ContentError

__all__ = ["FORMAT", "NOT_JUDGED_YET", "CheckResult", "Report", "StepReport", "Verdict"]

#: The format of the JSON; a reader refuses what it does not know.
FORMAT = 1
#: What is seen of a check that waits for another one.
NOT_JUDGED_YET = "This was not judged yet: the check before it has not passed."


class Verdict(StrEnum):
    """`passed`, `not yet`, or `could not judge`: the last is a crash of ours, never the learner's fault."""

    PASSED = "passed"
    NOT_YET = "not yet"
    COULD_NOT_JUDGE = "could not judge"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check found: what was asked, what was seen, the cloud's own line about it, what to do next.

    `reference` names the crash in the sandbox's log where the verdict is *could not judge*.
    """

    check: str
    asked: str
    verdict: Verdict
    seen: str = ""
    cloud: str = ""
    next: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class StepReport:
    """A step's verdict: its points are earned when every check passed, and not otherwise."""

    step: str
    title: str
    of: int
    checks: tuple[CheckResult, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst of its checks; a crash of ours outweighs a *not yet*."""
        found = {one.verdict for one in self.checks}
        for worst in (Verdict.COULD_NOT_JUDGE, Verdict.NOT_YET):
            if worst in found:
                return worst
        return Verdict.PASSED

    @property
    def points(self) -> int:
        """What it earned."""
        return self.of if self.verdict is Verdict.PASSED else 0


@dataclass(frozen=True, slots=True)
class Report:
    """The verdicts on a lab or on one of its steps, at a simulated time (ISO 8601, UTC)."""

    lab: str
    title: str
    simulated_time: str
    steps: tuple[StepReport, ...]

    @property
    def points(self) -> int:
        """What was earned."""
        return sum(step.points for step in self.steps)

    @property
    def of(self) -> int:
        """What could be earned."""
        return sum(step.of for step in self.steps)

    def as_json(self) -> dict[str, Any]:
        """The report as JSON values, `format` first."""
        steps = [
            {
                "step": step.step,
                "title": step.title,
                "verdict": step.verdict.value,
                "points": step.points,
                "of": step.of,
                "checks": [{**asdict(one), "verdict": one.verdict.value} for one in step.checks],
            }
            for step in self.steps
        ]
        return {
            "format": FORMAT,
            "lab": self.lab,
            "title": self.title,
            "simulated_time": self.simulated_time,
            "points": self.points,
            "of": self.of,
            "steps": steps,
        }

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Report:
        """Read what `as_json` wrote. Raises ContentError for another format."""
        if told.get("format") != FORMAT:
            raise ContentError(f"This report has format {told.get('format')!r}; this version reads format {FORMAT}.")
        return cls(told["lab"], told["title"], told["simulated_time"], tuple(_step(one) for one in told["steps"]))


def _step(told: dict[str, Any]) -> StepReport:
    return StepReport(told["step"], told["title"], told["of"], tuple(_check(one) for one in told["checks"]))


def _check(told: dict[str, Any]) -> CheckResult:
    """A check's result; what a newer sandbox says beyond the members we know is left out."""
    known = {one.name: told[one.name] for one in fields(CheckResult) if one.name in told}
    return CheckResult(**{**known, "verdict": Verdict(told["verdict"])})
