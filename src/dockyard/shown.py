"""What a notebook shows of an answer: sentences, values, verdicts; and a refusal without a traceback.

Knows nothing about who answered.
"""

from __future__ import annotations

from dataclasses import dataclass

from dockyard.errors import DockyardError
from dockyard.grading.rendering import as_html, as_text
from dockyard.grading.report import Report

__all__ = ["Said", "Shown", "Told", "Values"]


class Said(DockyardError):  # noqa: N818 - what is said to a learner, in our words for it
    """A sentence for the learner: notebooks print it as it is, without a traceback, and the cell stops."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


class Told(str):
    """Sentences that a notebook shows as they are, without quotation marks."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


class Values(dict[str, str]):
    """A learner's values by name, shown one a line."""

    __slots__ = ()

    def __repr__(self) -> str:
        width = max(map(len, self), default=0) + 2
        return "\n".join(f"{name:{width}}{value}" for name, value in self.items())


@dataclass(frozen=True, slots=True)
class Shown:
    """A report that a notebook shows as HTML and a terminal as text."""

    report: Report

    def _repr_html_(self) -> str:
        return as_html(self.report)

    def __repr__(self) -> str:
        return as_text(self.report)
