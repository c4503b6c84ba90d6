"""Simulated time: seconds since 1970 that only `advance` moves.

Knows nothing about the wall clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

MINUTE = 60.0
HOUR = 3600.0


@dataclass(slots=True)
class Clock:
    """The time of one world, in seconds since 1970 (UTC)."""

    now: float

    def move_to(self, moment: float) -> None:
        """Move to `moment` (seconds since 1970); time never runs backwards."""
        if moment < self.now:
            raise ValueError(f"time runs forwards only: {iso(moment)} is before {iso(self.now)}")
        self.now = moment


def iso(moment: float) -> str:
    """The moment as ISO 8601 in UTC, to the millisecond, ending in Z."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_iso(text: str) -> float:
    """Seconds since 1970 of an ISO 8601 text; without a zone it means UTC. Raises ValueError."""
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
