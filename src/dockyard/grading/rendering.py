"""A report for people: calm text for a terminal, a little HTML for a notebook.

Knows nothing about where it is shown; colour never carries a meaning that the words do not.
"""

from __future__ import annotations

import re
from html import escape

from dockyard.grading.report import NOT_JUDGED_YET, CheckResult, Report, StepReport, Verdict
from dockyard.page import BUSY, FAINT, GOOD

__all__ = ["as_html", "as_text"]

_LINES = (("asked", "asked"), ("seen", "seen"), ("cloud", "the cloud says"), ("next", "what next"))
_MARKS = {Verdict.PASSED: "✓", Verdict.NOT_YET: "·", Verdict.COULD_NOT_JUDGE: "?"}
_CODE = re.compile("`([^`]+)`")
_TONES = {Verdict.PASSED: GOOD, Verdict.NOT_YET: BUSY, Verdict.COULD_NOT_JUDGE: FAINT}


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
    mark = _MARKS[one.verdict]
    if one.verdict is Verdict.PASSED:
        return [f"  {mark} {one.asked}"]
    if one.seen == NOT_JUDGED_YET:
        return [f"  {mark} later: {one.asked}"]
    return [f"  {mark} {one.verdict}", *(f"      {label + ':':<16}{text}" for label, text in details(one))]


def details(one: CheckResult) -> list[tuple[str, str]]:
    """What there is to say about a check that did not pass: label and text, in the order to read them."""
    return [(label, text) for name, label in _LINES if (text := getattr(one, name))]


def as_html(report: Report) -> str:
    """The report as HTML in the notebook's own colours, light or dark; it reads the same without any style."""
    steps = "".join(_step_html(step) for step in report.steps)
    many = f"{report.points} of {report.of} points · " if len(report.steps) > 1 else ""
    foot = f"{many}simulated time {escape(report.simulated_time)}"
    return f'<div style="max-width:60em">{steps}<p style="color:{FAINT};margin:.2em 0"><small>{foot}</small></p></div>'


def _step_html(step: StepReport) -> str:
    tone = _TONES[step.verdict]
    verdict = (
        f'<span style="border:1px solid {tone};border-radius:3px;padding:0 .5em;white-space:nowrap">'
        f"{_MARKS[step.verdict]} {step.verdict}</span>"
    )
    points = f'<span style="color:{FAINT}">{step.points} of {step.of} points</span>'
    head = f'<p style="margin:0 0 .3em"><strong>{escape(step.title)}</strong> {verdict} {points}</p>'
    checks = "".join(_check_html(one) for one in step.checks)
    listed = f'<ul style="list-style:none;margin:0;padding:0">{checks}</ul>'
    style = f"border-left:3px solid {tone};padding:.2em 0 .2em .8em;margin:.4em 0"
    return f'<section aria-label="{escape(step.title)}: {step.verdict}" style="{style}">{head}{listed}</section>'


def _check_html(one: CheckResult) -> str:
    if one.verdict is Verdict.PASSED:
        return f'<li style="margin:.15em 0">{_MARKS[one.verdict]} {_words(one.asked)}</li>'
    if one.seen == NOT_JUDGED_YET:
        return f'<li style="margin:.15em 0;color:{FAINT}">later: {_words(one.asked)}</li>'
    rows = "".join(_row_html(label, text) for label, text in details(one))
    table = f'<table style="margin:.2em 0 .4em;border:none;border-collapse:collapse">{rows}</table>'
    return f'<li style="margin:.15em 0">{_MARKS[one.verdict]} <strong>{one.verdict}</strong>{table}</li>'


def _row_html(label: str, text: str) -> str:
    plain = "border:none;background:none;padding:.1em .8em .1em 0;text-align:left;vertical-align:top"
    head = f'<th scope="row" style="{plain};font-weight:normal;white-space:nowrap;color:{FAINT}">{label}</th>'
    return f'<tr style="background:none">{head}<td style="{plain}">{_words(text)}</td></tr>'


def _words(text: str) -> str:
    """Text as HTML; what stands between backticks is code."""
    return _CODE.sub(r"<code>\1</code>", escape(text))
