"""A bundle: what the judge found about one submission, kept beside the course so that it is found once.

Knows nothing about how it was found. In a bundle's folder: `executed.ipynb` (the notebook as it ran) and `result.json`.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dockyard.errors import ContentError
from dockyard.grading.report import Report, Verdict

__all__ = ["OPEN_MARK", "Bundle"]

#: What is said of a submission that a person has to look at.
OPEN_MARK = "Its mark is open: a person has to look."
_FORMAT = 1
_RESULT, _EXECUTED = "result.json", "executed.ipynb"


@dataclass(frozen=True, slots=True)
class Bundle:
    """`digest`: what was judged, by content. `remarks`: sentences about the whole submission. `unjudged`: why there is
    no report, "" where there is one. `retry`: the reason is ours, so that the next round judges again.
    """

    digest: str
    seconds: float
    executed: dict[str, Any]
    report: Report | None = None
    remarks: tuple[str, ...] = ()
    unjudged: str = ""
    retry: bool = False

    def step(self, step: str) -> Report | None:
        """The report on one step; None where it was not judged."""
        if self.report is None:
            return None
        found = tuple(one for one in self.report.steps if one.step == step)
        return replace(self.report, steps=found) if found else None

    @property
    def open(self) -> bool:
        """Whether a mark is open: a person has to look."""
        return self.report is None or any(one.verdict is Verdict.COULD_NOT_JUDGE for one in self.report.steps)

    def write(self, folder: Path) -> None:
        """Keep it in a folder; a reader sees the old one or the new one."""
        folder.mkdir(parents=True, exist_ok=True)
        result = {
            "format": _FORMAT,
            "digest": self.digest,
            "seconds": self.seconds,
            "remarks": list(self.remarks),
            "unjudged": self.unjudged,
            "retry": self.retry,
            "report": self.report.as_json() if self.report else None,
        }
        for name, value in ((_EXECUTED, self.executed), (_RESULT, result)):
            (folder / f"{name}.new").write_text(json.dumps(value, indent=1, ensure_ascii=False))
            os.replace(folder / f"{name}.new", folder / name)

    @classmethod
    def read(cls, folder: Path) -> Bundle | None:
        """The bundle in a folder; None where there is none that can be read."""
        try:
            told = json.loads((folder / _RESULT).read_text())
            executed = json.loads((folder / _EXECUTED).read_text())
            report = Report.from_json(told["report"]) if told["report"] else None
            if told["format"] != _FORMAT:
                return None
            remarks = tuple(told["remarks"])
            return cls(told["digest"], told["seconds"], executed, report, remarks, told["unjudged"], told["retry"])
        except (OSError, ValueError, KeyError, TypeError, ContentError):
            return None
