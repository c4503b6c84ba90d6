"""A report for people: calm text for a terminal, a little HTML for a notebook.

Knows nothing about where it is shown; colour never carries a meaning that the words do not.
"""

from __future__ import annotations

from html import escape

from dockyard.grading.report import NOT_JUDGED_YET, CheckResult, Report, StepReport, Verdict

__all__ = ["as_html", "as_text"]

_LINES = (("asked", "asked"), ("seen", "seen"), ("cloud", "the cloud says"), ("next", "what next"))
_STYLE = "border-left:3px solid currentColor;padding:.1em .8em;margin:.5em 0"


def as_text(report: Report) -> str:
    """The report in lines of text, without colour."""
    blocks = [_step_text(step) for step in report.steps]
    total = f"{report.points} of {report.of} points · simulated time {report.simulated_time}"
    return "\n".join([*blocks, total])


def _step_text(step: StepReport) -> str:
    head = f"{step.title}: {step.verdict} ({step.points} of {step.of})"
    lines = [line for one in step.checks for line in _check_text(one)]
    return "\n".join([head, *lines])


def _check_text(one: CheckResult) -> list[str]:
    mark = {Verdict.PASSED: "✓", Verdict.NOT_YET: "·", Verdict.COULD_NOT_JUDGE: "?"}[one.verdict]
    if one.verdict is Verdict.PASSED:
        return [f"  {mark} {one.asked}"]
    if one.seen == NOT_JUDGED_YET:
        return [f"  {mark} later: {one.asked}"]
    return [f"  {mark} {one.verdict}", *(f"      {label + ':':<16}{text}" for label, text in details(one))]


def details(one: CheckResult) -> list[tuple[str, str]]:
    """What there is to say about a check that did not pass: label and text, in the order to read them."""
    return [(label, text) for name, label in _LINES if (text := getattr(one, name))]


def as_html(report: Report) -> str:
    """The report as HTML that follows the notebook's own colours."""
    steps = "".join(_step_html(step) for step in report.steps)
    return f"<div>{steps}<small>Simulated time {escape(report.simulated_time)}</small></div>"


def _step_html(step: StepReport) -> str:
    head = f"<strong>{escape(step.title)}: {step.verdict}</strong> ({step.points} of {step.of} points)"
    return f'<div style="{_STYLE}"><p>{head}</p>{"".join(_check_html(one) for one in step.checks)}</div>'


def _check_html(one: CheckResult) -> str:
    if one.verdict is Verdict.PASSED:
        return f"<p>✓ {escape(one.asked)}</p>"
    if one.seen == NOT_JUDGED_YET:
        return f"<p>later: {escape(one.asked)}</p>"
    rows = "".join(f"<dt><em>{label}</em></dt><dd>{escape(text)}</dd>" for label, text in details(one))
    return f"<p>{one.verdict}</p><dl>{rows}</dl>"
