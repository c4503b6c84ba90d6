"""CloudWatch's records: a series of one-minute buckets a metric, and the alarms with their history.

Knows nothing about how an alarm is judged.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Any

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
        """The positions of the buckets that begin in [start, end)."""
        return range(bisect_left(self.minutes, start), bisect_left(self.minutes, end))

    def bucket(self, start: float, seconds: float) -> Bucket | None:
        """All samples of [start, start + seconds) as one bucket, None when there are none."""
        found = self.between(start, start + seconds)
        if not found:
            return None
        part = slice(found.start, found.stop)
        return Bucket(
            start, sum(self.totals[part]), sum(self.counts[part]), min(self.minima[part]), max(self.maxima[part])
        )

    def _columns(self) -> tuple[array[float], ...]:
        return self.minutes, self.totals, self.counts, self.minima, self.maxima


@dataclass(slots=True)
class CloudWatchState:
    """The metrics of one region."""

    series: dict[MetricKey, Series] = field(default_factory=dict)
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    alarms: dict[str, Any] = field(default_factory=dict)
