"""How far a learner has come, step by step: lines in a terminal, quiet tables in a notebook.

Knows nothing about judging: it is handed what `GET /_dockyard/progress` tells.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

from dockyard.display.moments import day_and_time, here
from dockyard.page import BUSY, EDGE, FAINT, GOOD

__all__ = ["Steps", "so_far"]

PASSED, NOT_YET, NOT_TRIED = "passed", "not yet", "not tried"
_MARKS = {PASSED: "✓", NOT_YET: "·", NOT_TRIED: " "}
_TONES = {PASSED: GOOD, NOT_YET: BUSY}


@dataclass(frozen=True, slots=True)
class Steps:
    """Every lab's steps, as told; `lab_id`: the lab in hand, whose steps are shown even before one was tried."""

    told: dict[str, Any]
    lab_id: str = ""

    def __repr__(self) -> str:
        return "\n".join(line for lab in self.told["labs"] for line in self._lines(lab))

    def _repr_html_(self) -> str:
        return f'<div style="max-width:60em">{"".join(self._section(lab) for lab in self.told["labs"])}</div>'

    def _is_open(self, lab: dict[str, Any]) -> bool:
        return lab["lab"] == self.lab_id or (not self.lab_id and _tried(lab))

    def _lines(self, lab: dict[str, Any]) -> list[str]:
        steps = lab["steps"] if self._is_open(lab) else []
        width = max((len(one["step"]) for one in steps), default=0) + 2
        rows = [f"  {_mark(one)} {one['step']:{width}}{_verdict(one):26}{_when(one)}".rstrip() for one in steps]
        return [f"{lab['lab']}  {lab['title']}: {_sum(lab)}", *rows]

    def _section(self, lab: dict[str, Any]) -> str:
        rows = "".join(_row(one) for one in lab["steps"])
        head = f'<strong>{escape(lab["title"])}</strong> <span style="color:{FAINT}">{escape(_sum(lab))}</span>'
        tone = GOOD if lab["points"] == lab["of"] else BUSY if _tried(lab) else EDGE
        opened = ' open=""' if self._is_open(lab) else ""
        return (
            f'<details{opened} style="border-left:3px solid {tone};padding:.1em 0 .1em .8em;margin:.3em 0">'
            f"<summary>{escape(lab['lab'])} {head}</summary>"
            f'<table style="border:none;border-collapse:collapse;margin:.2em 0 .4em">{rows}</table></details>'
        )


def so_far(told: dict[str, Any]) -> list[str]:
    """A line for each lab of which something was tried: what was passed, and the latest check."""
    return [f"{lab['lab']}: {_sum(lab)}{_latest(lab)}." for lab in told["labs"] if _tried(lab)]


def _sum(lab: dict[str, Any]) -> str:
    if not _tried(lab):
        return f"{NOT_TRIED}, {len(lab['steps'])} steps for {lab['of']} points"
    passed = sum(one["verdict"] == PASSED for one in lab["steps"])
    return f"{passed} of {len(lab['steps'])} steps passed, {lab['points']} of {lab['of']} points"


def _latest(lab: dict[str, Any]) -> str:
    one = max((one for one in lab["steps"] if one["last"]), key=lambda one: str(one["last"]["wall"]))
    last = one["last"]
    return f"; last {one['step']}, {last['verdict']}, {_moments(last)}"


def _tried(lab: dict[str, Any]) -> bool:
    return any(one["last"] for one in lab["steps"])


def _mark(step: dict[str, Any]) -> str:
    return _MARKS.get(step["verdict"], "?")


def _verdict(step: dict[str, Any]) -> str:
    return f"{step['verdict']} ({step['points']} of {step['of']})"


def _when(step: dict[str, Any]) -> str:
    """When a step was passed, or last tried; and what the latest check saw, where that is something else."""
    counts = step["passed"] or step["last"]
    if counts is None:
        return ""
    later = step["last"]["verdict"]
    return _moments(counts) + (f"; the latest check said {later}" if later != counts["verdict"] else "")


def _moments(seen: dict[str, str]) -> str:
    return f"{here(seen['wall'])} (simulated {day_and_time(seen['at'])})"


def _row(step: dict[str, Any]) -> str:
    plain = "border:none;background:none;padding:.1em .8em .1em 0;text-align:left;vertical-align:top"
    tone = _TONES.get(step["verdict"], FAINT)
    verdict = f'<span style="color:{tone}">{_mark(step)}</span> {escape(step["verdict"])}'
    points = f"{step['points']} of {step['of']}"
    return (
        f'<tr style="background:none"><th scope="row" style="{plain};font-weight:normal">{escape(step["title"])}</th>'
        f'<td style="{plain};white-space:nowrap">{verdict}</td><td style="{plain};white-space:nowrap">{points}</td>'
        f'<td style="{plain};color:{FAINT}"><small>{escape(_when(step))}</small></td></tr>'
    )
