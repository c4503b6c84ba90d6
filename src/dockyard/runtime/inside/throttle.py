"""CPU held to a share: processes that used more than theirs are held until it is theirs again.

Knows nothing about containers. (Control groups would do it better; on most systems a user is not given any.)
"""

from __future__ import annotations

import time

from . import processes

__all__ = ["Throttle"]

_BURST = 0.1  # so many seconds of its share may be saved up
_LONGEST = 2.0  # so long it is held at most, however much it took: nobody must think it dead
_SOON, _OFTEN, _IDLY = 0.03, 0.1, 2.0  # seconds between two looks: above the share, below it, without any


class Throttle:
    """`share`: CPU seconds a second, 0 for no limit. It stands aside while `is_idle`: everything is held anyway."""

    def __init__(self) -> None:
        self.share = 0.0
        self.is_idle = False
        self._at, self._used, self._saved = time.monotonic(), 0.0, 0.0
        self._until = 0.0  # when what is held goes on; 0.0: nothing is held
        self._is_above = False

    def hold_to(self, share: float, cpu: float) -> None:
        """From now on, where so many CPU seconds were used so far."""
        self.share, self._at, self._used, self._saved = share, time.monotonic(), cpu, 0.0

    @property
    def often(self) -> float:
        """Seconds between two looks at what was used."""
        return (_SOON if self._is_above else _OFTEN) if self.share else _IDLY

    @property
    def pause(self) -> float:
        """Seconds until it wants to be asked again."""
        return max(self._until - time.monotonic(), 0.0) if self._until else self.often

    def used(self, cpu: float) -> None:
        """So many CPU seconds were used so far: hold everything where that is too much."""
        now = time.monotonic()
        mine, taken = (now - self._at) * self.share, cpu - self._used
        self._at, self._used, self._is_above = now, cpu, taken > mine
        self._saved = min(self._saved + mine - taken, _BURST * self.share)
        if self.share and self._saved < 0 and not self._until and not self.is_idle:
            self._saved = max(self._saved, -_LONGEST * self.share)
            self._until = now - self._saved / self.share
            processes.hold_all()

    def go_on(self) -> None:
        """Let everything go on that has been held for long enough."""
        if self._until and time.monotonic() >= self._until:
            self._until = 0.0
            if not self.is_idle:
                processes.release_all()
