"""A service's timeline as a small table of text: the chart's twin, for terminals and screen readers.

Knows nothing about charts.
"""

from __future__ import annotations

from typing import Any

from dockyard.display.moments import day_and_time, time_of_day

__all__ = ["NO_SERVICE", "lived", "table"]

NO_SERVICE = (
    "There is nothing to chart yet: no service was there in these minutes. Create one, offer traffic, and wait."
)
#: A table has about so many rows; more minutes are told in longer steps.
_ROWS = 30
_SHORT = {"INSUFFICIENT_DATA": "no data yet"}


def lived(service: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of the minutes in which the service was there."""
    return [row for row in service["rows"] if row["desired"] is not None]


def table(timeline: dict[str, Any]) -> str:
    """Every service of `GET /_dockyard/timeline` as a table; without any, a sentence."""
    found = [_service(one) for one in timeline["services"] if lived(one)]
    return "\n\n".join([*found, f"simulated time {day_and_time(timeline['now'])}"]) if found else NO_SERVICE


def _service(service: dict[str, Any]) -> str:
    rows = _thinned(lived(service))
    head = f"{'from':8} {'load/s':>7} {'CPU %':>6} {'desired':>7} {'running':>7}  alarms"
    alarms = [f"  {one['name']}: {one['rule']}" for one in service["alarms"]]
    return "\n".join([f"{service['cluster']}/{service['service']}", *alarms, head, *(_row(row) for row in rows)])


def _row(row: dict[str, Any]) -> str:
    numbers = f"{_number(row['requests_per_second'], 7)} {_number(row['cpu'], 6)} {row['desired']:7} {row['running']:7}"
    firing = ", ".join(f"{name} {_SHORT.get(state, state)}" for name, state in row["alarms"].items() if state != "OK")
    return f"{time_of_day(row['at'])} {numbers}  {firing or ('OK' if row['alarms'] else '-')}"


def _number(value: float | None, width: int) -> str:
    return f"{'-' if value is None else f'{value:.1f}':>{width}}"


def _thinned(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every row of a short time. Of a long one about thirty, and each where tasks or alarms are not as before it."""
    step = max(1, -(-len(rows) // _ROWS))
    shown = []
    for number, row in enumerate(rows):
        before = rows[number - 1] if number else None
        changed = before is None or any(row[name] != before[name] for name in ("desired", "running", "alarms"))
        if changed or number % step == 0 or number == len(rows) - 1:
            shown.append(row)
    return shown
