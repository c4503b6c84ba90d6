"""What the processes below use of memory, looked at again and again, and whether that is more than they may.

Knows nothing about what is done then.
"""

from __future__ import annotations

import time

from . import processes

__all__ = ["Memory"]

_OFTEN = 0.1  # seconds between two looks where there is a limit
_IDLY = 2.0


class Memory:
    """`limit` in bytes, 0 for none; `peak` is the most that was seen."""

    def __init__(self) -> None:
        self.limit = self.peak = 0
        self._measured = 0.0

    @property
    def pause(self) -> float:
        """Seconds until the next look."""
        return _OFTEN if self.limit else _IDLY

    def measure(self) -> processes.Used:
        """What they use now."""
        used = processes.used()
        self.peak = max(self.peak, used.memory)
        return used

    def exceeded(self) -> bool:
        """Look, where it is time to, and say whether they use too much."""
        now = time.monotonic()
        if now - self._measured < (_OFTEN / 2 if self.limit else _IDLY):
            return False
        self._measured = now
        memory = processes.used().memory
        if self.limit and memory > self.limit:
            memory = processes.proportional()
        self.peak = max(self.peak, memory)
        return bool(self.limit) and memory > self.limit
