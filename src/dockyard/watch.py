"""Time that passes before somebody's eyes: waiting for simulated seconds, and telling what happens in them.

Knows nothing about who looks. A stepped clock is moved, in small steps while watched; a live one is waited for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from dockyard.client import Client
from dockyard.display.happenings import Teller
from dockyard.display.moments import time_of_day

__all__ = ["Watch", "passed"]

#: Simulated seconds between two looks of somebody who watches.
_STEP = 15.0


@dataclass(slots=True)
class Watch:
    """Somebody who looks at a sandbox from now on."""

    client: Client
    _teller: Teller = field(default_factory=Teller)

    def lines(self, seconds: float) -> Iterator[str]:
        """What happens in the next simulated seconds, each line as soon as it is known; last, until when.

        Raises SandboxError when no sandbox answers.
        """
        latest = self.client.events()["latest"]
        for now in _moments(self.client, self.client.clock(), seconds):
            found = self.client.events(latest)
            if found["latest"] < latest:  # the account went back to an earlier moment
                yield f"{time_of_day(now)}  The account went back to an earlier moment."
            latest = found["latest"]
            yield from self._teller.lines(found["events"])
        yield f"{time_of_day(now)}  Watched until here, simulated time."


def passed(client: Client, seconds: float) -> str:
    """Let simulated seconds pass; answers the time it is then."""
    clock = client.clock()
    if clock["mode"] != "live":
        return str(client.advance(seconds)["now"])
    *_, last = _moments(client, clock, seconds, step=max(seconds, 1.0))
    return last


def _moments(client: Client, clock: dict[str, Any], seconds: float, step: float = _STEP) -> Iterator[str]:
    """The simulated times at which to look, each a step after the one before, until the seconds have passed."""
    end = datetime.fromisoformat(clock["now"]) + timedelta(seconds=seconds)
    move = client.wait if clock["mode"] == "live" else client.advance
    while True:
        left = (end - datetime.fromisoformat(clock["now"])).total_seconds()
        clock = move(max(min(step, left), 0.0))
        yield str(clock["now"])
        if datetime.fromisoformat(clock["now"]) >= end:
            return
