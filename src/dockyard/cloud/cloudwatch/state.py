"""CloudWatch's records: a series of one-minute buckets a metric, and the alarms with their history.

Knows nothing about how an alarm is judged.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from dockyard.cloud.clock import MINUTE

#: So many minutes of a metric are kept (three days). AWS keeps one-minute data for 15 days; a world that is copied for
#: every check carries less.
MINUTES_KEPT = 3 * 1440
#: A series is shortened only when it is this much too long, not at every minute.
SLACK = 240

MetricKey = tuple[str, str, tuple[tuple[str, str], ...]]


def metric_key(namespace: str, name: str, dimensions: dict[str, str]) -> MetricKey:
    """What identifies a metric: namespace, name and all its dimensions, in any order."""
    return namespace, name, tuple(sorted(dimensions.items()))


def _column() -> array[float]:
    return array("d")


@dataclass(slots=True, frozen=True)
class Bucket:
    """The samples of a stretch of time that begins at `start`: their sum, number, least and greatest."""

    start: float
    total: float
    count: float
    minimum: float
    maximum: float

    def value(self, statistic: str) -> float:
        """`Average`, `Sum`, `Minimum`, `Maximum` or `SampleCount`."""
        if statistic == "Average":
            return self.total / self.count
        return {"Sum": self.total, "Minimum": self.minimum, "Maximum": self.maximum, "SampleCount": self.count}[
            statistic
        ]


@dataclass(slots=True)
class Series:
    """A metric's buckets as columns, oldest first; `minutes` are their starts. `cause` led to the latest samples."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    unit: str = "None"
    cause: int = 0
    minutes: array[float] = field(default_factory=_column)
    totals: array[float] = field(default_factory=_column)
    counts: array[float] = field(default_factory=_column)
    minima: array[float] = field(default_factory=_column)
    maxima: array[float] = field(default_factory=_column)

    def add(self, moment: float, total: float, count: float, minimum: float, maximum: float) -> None:
        """Put samples into the minute that holds `moment`."""
        minute = moment // MINUTE * MINUTE
        at = len(self.minutes) if not self.minutes or self.minutes[-1] < minute else bisect_left(self.minutes, minute)
        if at < len(self.minutes) and self.minutes[at] == minute:
            self.totals[at] += total
            self.counts[at] += count
            self.minima[at] = min(self.minima[at], minimum)
            self.maxima[at] = max(self.maxima[at], maximum)
            return
        for column, value in zip(self._columns(), (minute, total, count, minimum, maximum), strict=True):
            column.insert(at, value)
        if len(self.minutes) > MINUTES_KEPT + SLACK:
            for column in self._columns():
                del column[: len(column) - MINUTES_KEPT]

    def between(self, start: float, end: float) -> range:
        """The positions of the minutes that begin in [start, end)."""
        return range(bisect_left(self.minutes, start), bisect_left(self.minutes, end))

    def buckets(self, start: float, end: float, period: float) -> list[Bucket]:
        """The samples of [start, end) in stretches of `period` seconds from `start` on, without the empty ones."""
        parts: dict[float, list[int]] = {}
        for at in self.between(start, end):
            parts.setdefault((self.minutes[at] - start) // period, []).append(at)
        return [self._bucket(start + number * period, rows[0], rows[-1] + 1) for number, rows in parts.items()]

    def values(self, statistic: str, end: float, period: float, count: int) -> list[float | None]:
        """A statistic of the last `count` periods that end at `end`, oldest first; None where there are no samples."""
        found: list[float | None] = [None] * count
        start = end - count * period
        if period != MINUTE:
            for bucket in self.buckets(start, end, period):
                found[round((bucket.start - start) / period)] = bucket.value(statistic)
            return found
        # every alarm asks this every minute: no bucket is made for a single minute
        column, averaged = self._column(statistic), statistic == "Average"
        for at in self.between(start, end):
            value = column[at] / self.counts[at] if averaged else column[at]
            found[int(self.minutes[at] - start) // 60] = value
        return found

    def _bucket(self, start: float, first: int, last: int) -> Bucket:
        part = slice(first, last)
        return Bucket(
            start, sum(self.totals[part]), sum(self.counts[part]), min(self.minima[part]), max(self.maxima[part])
        )

    def _column(self, statistic: str) -> array[float]:
        return {"Minimum": self.minima, "Maximum": self.maxima, "SampleCount": self.counts}.get(statistic, self.totals)

    def _columns(self) -> tuple[array[float], ...]:
        return self.minutes, self.totals, self.counts, self.minima, self.maxima


@dataclass(slots=True, frozen=True)
class Rule:
    """What an alarm compares: M = `to_alarm` of the last N = `periods` values of a statistic with a threshold."""

    key: MetricKey
    statistic: str
    period: int
    periods: int
    to_alarm: int
    threshold: float
    operator: str
    missing: str = "missing"
    unit: str = ""


@dataclass(slots=True)
class Alarm:
    """A metric alarm: its rule, what it does at which state, and its state. `cause` led to the state."""

    name: str
    arn: str
    rule: Rule
    #: members of PutMetricAlarm that are shown as they were given
    given: dict[str, Any]
    actions: dict[str, list[str]]
    actions_enabled: bool
    configured_at: float
    state: str = "INSUFFICIENT_DATA"
    reason: str = "Unchecked: Initial alarm creation"
    reason_data: str = ""
    changed_at: float = 0.0
    cause: int = 0
    tags: dict[str, str] = field(default_factory=dict)


class HistoryItem(NamedTuple):
    """What happened to an alarm: a ConfigurationUpdate, a StateUpdate or an Action."""

    at: float
    alarm: str
    kind: str
    summary: str
    data: str


@dataclass(slots=True)
class CloudWatchState:
    """The metrics and alarms of one region, and the alarms' history, oldest first."""

    series: dict[MetricKey, Series] = field(default_factory=dict)
    alarms: dict[str, Alarm] = field(default_factory=dict)
    history: list[HistoryItem] = field(default_factory=list)
