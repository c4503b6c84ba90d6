"""What will happen when: a heap of entries that name a service's effect and its arguments.

Knows nothing about what an effect does. Entries are plain data, so an agenda can be copied and saved with its account.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from typing import NamedTuple


class Entry(NamedTuple):
    """One thing that will happen: at `due`, `effect` of `service` in `region`; `cause` numbers one of the causes."""

    due: float
    number: int
    region: str
    service: str
    effect: str
    arguments: tuple[str | int | float, ...] = ()
    cause: int = 0


@dataclass(slots=True)
class Agenda:
    """Entries by time; entries of one moment keep the order in which they were written."""

    entries: list[Entry] = field(default_factory=list)
    written: int = 0

    def write(
        self, due: float, region: str, service: str, effect: str, *arguments: str | int | float, cause: int = 0
    ) -> None:
        """Plan `effect(*arguments)` of a service for the moment `due`."""
        self.written += 1
        heapq.heappush(self.entries, Entry(due, self.written, region, service, effect, arguments, cause))

    def next_due(self) -> float | None:
        """The moment of the first entry, None when nothing is planned."""
        return self.entries[0].due if self.entries else None

    def take(self) -> Entry:
        """Remove and return the first entry. Raises IndexError when nothing is planned."""
        return heapq.heappop(self.entries)
