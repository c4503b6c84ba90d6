"""How far a live clock may run: real seconds in, simulated seconds out, and whether it rests.

Knows nothing about accounts, sockets or timers: real time is handed in, and who asks it moves the simulated clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Simulated seconds per real second, unless told.
SPEED = 20.0
#: The fastest clock: an hour in a second.
FASTEST = 3600.0
#: The clock runs on for so many real seconds after any call (the start is the first), then it rests.
GRACE = 30.0


class LiveClock:
    """A clock that runs while a client waits or traffic is offered, and `GRACE` real seconds longer; else it rests.

    It earns simulated seconds while it runs, `speed` for each real second of the handed-in clock, until they are taken.
    """

    def __init__(self, speed: float, real: Callable[[], float]) -> None:
        self.speed = speed
        self.earned = 0.0
        self._real = real
        self._looked = real()
        self._runs_until = self._looked + GRACE
        self._waiting = 0

    def look(self, offered: float = 0.0) -> float:
        """Earn for the time since the last look; answers all that is earned, in simulated seconds.

        `offered`: for how many simulated seconds from the account's now on traffic is offered.
        """
        now = self._real()
        passed, self._looked, before = now - self._looked, now, self._looked
        if not self._waiting:
            passed = min(passed, max(self._runs_until - before, (offered - self.earned) / self.speed, 0.0))
        self.earned += passed * self.speed
        return self.earned

    def take(self, seconds: float) -> None:
        """The account's clock was moved by so many of the earned seconds."""
        self.earned -= seconds

    def rests(self, offered: float = 0.0) -> bool:
        """Whether the clock stood still at the last look and will until a call comes; `offered` as for `look`."""
        return not self._waiting and self._looked >= self._runs_until and offered <= self.earned

    def called(self) -> None:
        """A call came, which wakes the clock."""
        self.look()
        self._runs_until = self._looked + GRACE

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Somebody waits for an answer for as long as the block runs."""
        self.called()
        self._waiting += 1
        try:
            yield
        finally:
            self.called()
            self._waiting -= 1
