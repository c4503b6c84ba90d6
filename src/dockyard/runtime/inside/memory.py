"""What the processes below use of memory, and whether that is more than they may.

Knows nothing about what is done then.
"""

from __future__ import annotations

from . import processes

__all__ = ["Memory"]

_OFTEN = 0.1  # seconds between two looks where there is a limit
_IDLY = 2.0


class Memory:
    """`limit` in bytes, 0 for none; `peak` is the most that was seen."""

    def __init__(self) -> None:
        self.limit = self.peak = 0

    @property
    def pause(self) -> float:
        """Seconds until the next look."""
        return _OFTEN if self.limit else _IDLY

    def measure(self) -> processes.Used:
        """What they use now."""
        used = processes.used()
        self.peak = max(self.peak, used.memory)
        return used

    def exceeded_by(self, resident: int) -> bool:
        """Whether this is more than they may use, pages that they share counted once."""
        held = processes.proportional() if self.limit and resident > self.limit else resident
        self.peak = max(self.peak, held)
        return bool(self.limit) and held > self.limit
