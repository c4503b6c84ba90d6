"""CPU held to a share: processes that used more than theirs are stopped until it is theirs again.

Knows nothing about containers. (Control groups would do it better; a user is not given any on most systems.)
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress

from . import processes

__all__ = ["Throttle"]

_BURST = 0.1  # seconds of its share that may be saved up
_NEVER = 3600.0
_LOOKS = 0.03  # how often it is looked at while it uses more than its share


class Throttle:
    """`share`: CPU seconds a second; 0: no limit, and no cost."""

    def __init__(self) -> None:
        self.share = 0.0
        self._at = self._used = self._saved = 0.0
        self._hot = False
        self._stopped: list[int] = []

    def hold_to(self, share: float, used: float, now: float) -> None:
        """From now on; `used` are the CPU seconds used so far."""
        self.go_on()
        self.share, self._used, self._at, self._saved = share, used, now, 0.0

    @property
    def holds(self) -> bool:
        """Whether the processes are stopped."""
        return bool(self._stopped)

    def wait(self, now: float) -> float:
        """In how many seconds it wants to be asked or told again at the latest."""
        if self._stopped:
            return max(self._at - self._saved / self.share - now, 0.0)
        return _LOOKS if self._hot else _NEVER

    def used(self, used: float, now: float) -> None:
        """So many CPU seconds were used until now: stop everything where that was too much."""
        if not self.share:
            return
        self._saved += (now - self._at) * self.share - (used - self._used)
        self._saved = min(self._saved, _BURST * self.share)
        self._hot = used - self._used > (now - self._at) * self.share
        self._used, self._at = used, now
        if self._saved < 0:
            # Parents first, and last to go on: a shell must not see that its command was stopped.
            for process in _all_below():
                self._stopped.append(process)
                _send(process, signal.SIGSTOP)

    def go_on(self) -> None:
        """Let everything go on, where it is stopped."""
        while self._stopped:
            _send(self._stopped.pop(), signal.SIGCONT)


def _all_below() -> Iterator[int]:
    """Every process, those too that one of them starts meanwhile."""
    known: set[int] = set()
    while fresh := [one for one in processes.descendants() if one not in known]:
        known.update(fresh)
        yield from fresh


def _send(process: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, number)
