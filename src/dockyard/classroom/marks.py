"""A verdict as the output of a grade cell: a number that nbgrader takes for the mark, and a table for the learner.

Knows nothing about nbgrader's code or gradebook.
"""

from __future__ import annotations

from html import escape
from typing import Any

from dockyard.classroom.bundles import Bundle
from dockyard.grading.rendering import as_html
from dockyard.grading.report import Verdict

__all__ = ["OPEN", "told"]

#: In the place of a mark that must stay open. Above any maximum, so that nbgrader itself would refuse it as a mark;
#: no output at all would be full marks.
OPEN = "inf"
_OPEN_MARK = "This step could not be judged, which is not your fault. Its mark is open; a person will look."


def told(bundle: Bundle, step: str, worth: float) -> dict[str, Any]:
    """The output (nbformat) that tells a step's mark; `worth`: the points that the course gives for it."""
    report = bundle.step(step)
    if report is None:
        return _output(OPEN, f"<p>{escape(bundle.unjudged)}</p>")
    if report.steps[0].verdict is Verdict.COULD_NOT_JUDGE:
        return _output(OPEN, f"<p>{_OPEN_MARK}</p>{as_html(report)}")
    return _output(f"{worth * report.points / report.of:g}", as_html(report))


def _output(mark: str, html: str) -> dict[str, Any]:
    data = {"text/plain": mark, "text/html": html}
    return {"output_type": "execute_result", "execution_count": None, "metadata": {}, "data": data}
