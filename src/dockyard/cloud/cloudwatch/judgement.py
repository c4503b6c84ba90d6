"""How an alarm's datapoints become its state: M of N, missing data, and the sentence that says why.

Knows nothing about where datapoints come from and what follows. Every rule here is from
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

from __future__ import annotations

import json
import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from dockyard.cloud.cloudwatch.state import Rule

ALARM, OK, INSUFFICIENT_DATA = "ALARM", "OK", "INSUFFICIENT_DATA"
#: An alarm looks so many periods further back than it evaluates, for datapoints in the place of missing ones. AWS's
#: examples evaluate 3 and look at 5.
FURTHER_BACK = 2

COMPARISONS: dict[str, tuple[Callable[[float, float], bool], str]] = {
    "GreaterThanOrEqualToThreshold": (operator.ge, "greater than or equal to"),
    "GreaterThanThreshold": (operator.gt, "greater than"),
    "LessThanThreshold": (operator.lt, "less than"),
    "LessThanOrEqualToThreshold": (operator.le, "less than or equal to"),
}


class Datapoint(NamedTuple):
    """A value of the period that began at `start`, and whether it breaches the threshold."""

    start: float
    value: float
    breaches: bool


@dataclass(slots=True, frozen=True)
class Judgement:
    """The state, the datapoints it rests on (newest first) and how many missing ones had to be filled in."""

    state: str
    datapoints: list[Datapoint]
    filled: int


def evaluation_range(rule: Rule) -> int:
    """How many periods an alarm looks at."""
    return rule.periods + FURTHER_BACK


def judge(rule: Rule, values: list[float | None], end: float) -> Judgement | None:
    """The state by the values of the evaluation range, oldest first, that ends at `end`; None: it stays as it is."""
    compare = COMPARISONS[rule.operator][0]
    points = [
        Datapoint(end - age * rule.period, value, compare(value, rule.threshold))
        for age, value in enumerate(reversed(values), 1)
        if value is not None
    ]
    if len(points) >= rule.periods:
        points = points[: rule.periods]
        breaching = sum(one.breaches for one in points)
        return Judgement(ALARM if breaching >= rule.to_alarm else OK, points, 0)
    state = _with_gaps(rule, points, end)
    return None if state is None else Judgement(state, points, rule.periods - len(points))


def _with_gaps(rule: Rule, points: list[Datapoint], end: float) -> str | None:
    """The state when there are fewer datapoints than periods to evaluate."""
    filled = rule.periods - len(points)
    breaching = sum(one.breaches for one in points)
    if rule.missing == "breaching":
        return ALARM if breaching + filled >= rule.to_alarm else OK
    if breaching >= rule.to_alarm:
        return ALARM
    if rule.missing == "notBreaching" or breaching < len(points):
        return OK
    if rule.missing == "ignore":
        return None
    if not points:
        return INSUFFICIENT_DATA
    # only breaching ones, fewer than M: an alarm unless the next datapoints could still prevent it
    oldest = round((end - points[-1].start) / rule.period)
    return ALARM if oldest >= rule.to_alarm else None


def reason(rule: Rule, judgement: Judgement) -> str:
    """The state's reason in AWS's words."""
    points, filled = judgement.datapoints, judgement.filled
    if judgement.state == INSUFFICIENT_DATA:
        return f"Insufficient Data: {_counted(rule.periods)} {_were(rule.periods)} unknown."
    if filled and rule.missing in ("breaching", "notBreaching"):
        received = _counted(len(points)) if points else "no datapoints"
        return (
            f"Threshold Crossed: {received} {_were(len(points))} received for {rule.periods} "
            f"period{'' if rule.periods == 1 else 's'} and {filled} missing datapoint{'' if filled == 1 else 's'} "
            f"{_were(filled)} treated as [{'Breaching' if rule.missing == 'breaching' else 'NonBreaching'}]."
        )
    return _crossed(rule, points, judgement.state == ALARM)


def _crossed(rule: Rule, points: list[Datapoint], alarm: bool) -> str:
    said = [one for one in points if one.breaches == alarm]
    shown = ", ".join(f"{one.value} ({datetime.fromtimestamp(one.start, UTC):%d/%m/%y %H:%M:%S})" for one in said)
    needed = rule.to_alarm if alarm else rule.periods - rule.to_alarm + 1
    change = "OK -> ALARM" if alarm else "ALARM -> OK"
    return (
        f"Threshold Crossed: {len(said)} out of the last {len(points)} datapoints [{shown}] {_were(len(said))} "
        f"{'' if alarm else 'not '}{COMPARISONS[rule.operator][1]} the threshold ({rule.threshold}) "
        f"(minimum {_counted(needed)} for {change} transition)."
    )


def reason_data(rule: Rule, judgement: Judgement, now: float) -> str:
    """The state's reason as the JSON that AWS keeps beside it."""
    points = judgement.datapoints
    data: dict[str, Any] = {"version": "1.0", "queryDate": _date(now)}
    if points:
        data["startDate"] = _date(points[-1].start)
    return json.dumps(
        {
            **data,
            "statistic": rule.statistic,
            "period": rule.period,
            "recentDatapoints": [one.value for one in reversed(points)],
            "threshold": rule.threshold,
            "evaluatedDatapoints": [{"timestamp": _date(one.start), "value": one.value} for one in points],
        },
        separators=(",", ":"),
    )


def _counted(number: int) -> str:
    return "1 datapoint" if number == 1 else f"{number} datapoints"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _date(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")
