"""CloudWatch Logs' records: groups, their streams, and the latest events of each stream.

Knows nothing about filters and pages.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field

#: So many events of a stream are kept; AWS keeps all until the retention ends.
EVENTS_KEPT = 2000


@dataclass(slots=True, frozen=True)
class Event:
    """A line of a log; times in milliseconds since 1970; `number` counts the stream's events from 1."""

    timestamp: int
    message: str
    ingested: int
    number: int


@dataclass(slots=True)
class LogStream:
    """A stream and its latest events as columns, in the order of their timestamps (cheap to copy with the account)."""

    name: str
    created: int
    timestamps: list[int] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    ingested: list[int] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    written: int = 0

    @property
    def forgotten(self) -> int:
        """So many events were written and are not kept any more."""
        return self.written - len(self.numbers)

    def add(self, timestamp: int, message: str, ingested: int) -> None:
        """Write an event; among events of one moment the order of writing stays."""
        self.written += 1
        at = bisect_right(self.timestamps, timestamp)
        self.timestamps.insert(at, timestamp)
        self.messages.insert(at, message)
        self.ingested.insert(at, ingested)
        self.numbers.insert(at, self.written)
        if len(self.numbers) > EVENTS_KEPT:
            for column in (self.timestamps, self.messages, self.ingested, self.numbers):
                del column[0]

    def between(self, start: int | None, end: int | None) -> range:
        """The positions of the events with start ≤ timestamp < end (milliseconds; None: no bound)."""
        first = 0 if start is None else bisect_left(self.timestamps, start)
        last = len(self.timestamps) if end is None else bisect_left(self.timestamps, end)
        return range(first, max(first, last))

    def event(self, position: int) -> Event:
        """The event at a position."""
        return Event(
            self.timestamps[position], self.messages[position], self.ingested[position], self.numbers[position]
        )


@dataclass(slots=True)
class LogGroup:
    """A group of streams; `retention` in days, None: for ever."""

    name: str
    arn: str
    created: int
    kind: str = "STANDARD"
    retention: int | None = None
    tags: dict[str, str] = field(default_factory=dict)
    streams: dict[str, LogStream] = field(default_factory=dict)


@dataclass(slots=True)
class LogsState:
    """The log groups of one region, by name."""

    groups: dict[str, LogGroup] = field(default_factory=dict)
