"""The live clock at work: the account catches up before a request is answered, and when its agenda has work.

Knows nothing about what a request asks; how far time may go is the live clock's to say. It moves to whole simulated
seconds, each move a line of the journal, and where nobody asks and nothing is due it writes nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
from collections.abc import Callable, Iterator
from typing import Any

from dockyard.cloud.traffic import offered_until
from dockyard.errors import SandboxError
from dockyard.sandbox.edge import App, Receive, Scope, Send
from dockyard.sandbox.host import Host
from dockyard.sandbox.learner import Learner
from dockyard.sandbox.live import LiveClock

#: Real seconds between two looks at the agenda of a running clock; requests do not wait for one.
SHORTEST_PAUSE, LONGEST_PAUSE = 0.05, 0.5
#: No more simulated seconds pass in one go: others are answered in between.
MOST = 24 * 3600.0
#: Who only looks does not wake the clock; looking at a running clock keeps it running, for that is waiting.
LOOKS = ("/_dockyard/health", "/_localstack/health", "/_dockyard/status")
WATCHED = "/_dockyard/clock"

_log = logging.getLogger(__name__)


class Ticking:
    """An ASGI application around another: simulated time passes for the learner as the live clock allows.

    `is_held`: somebody holds it still for a while, and moves time by hand. `stands`: whether time has to wait for this
    machine (a container starts); what would have passed meanwhile does not. `step`: so many seconds after something
    happened whoever runs with the account has a look.
    """

    def __init__(self, app: App, live: LiveClock, host: Host, learner: Learner) -> None:
        self._app = app
        self._live = live
        self._host = host
        self._learner = learner
        self._called = asyncio.Event()
        self._called.set()
        self._stuck = False
        self.is_held = False
        self.stands: Callable[[], bool] = lambda: False
        self.step = math.inf

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Catch up, then answer; the clock runs meanwhile."""
        self.catch_up()
        if scope["path"] in LOOKS:
            return await self._app(scope, receive, send)
        if scope["path"] == WATCHED:
            if not self.rests():
                self._live.called()
            return await self._app(scope, receive, send)
        self._called.set()
        with self._live.waiting():
            return await self._app(scope, receive, send)

    async def run(self) -> None:
        """Do what the agenda holds when it is due, for ever. A resting clock costs nothing."""
        while True:
            await self._called.wait()
            self._called.clear()
            while not self.rests():
                await asyncio.sleep(self._tick())

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Within, no time passes by itself, and none is made up for afterwards."""
        self.is_held = True
        try:
            yield
        finally:
            self._live.take(self._live.look())
            self.is_held = False

    def rests(self) -> bool:
        """Whether simulated time stands still until a call comes."""
        return self._live.rests(self._offered())

    def moment(self) -> float:
        """The simulated moment that may be reached by now."""
        now = self._learner.world.account.clock.now
        return now if self._waits() else now + self._live.look(self._offered())

    def _waits(self) -> bool:
        if waits := self.stands():
            self._live.take(self._live.look())
        return waits

    def catch_up(self, *, due_only: bool = False) -> None:
        """Let the earned time pass in whole seconds; with `due_only`, only if something happens in it."""
        with self._host.lock:
            if self.is_held or self._waits():
                return
            account = self._learner.world.account
            now = account.clock.now
            until = float(math.floor(now + min(self._live.look(self._offered()), MOST)))
            due = account.agenda.next_due()
            if until <= now or (due_only and (due is None or due > until)):
                return
            self._go(until)

    def _go(self, until: float) -> None:
        """Move, in steps where there are such, and stop where time has to stand."""
        account = self._learner.world.account
        while (now := account.clock.now) < until and not self._waits():
            due = account.agenda.next_due()
            step = until if due is None else min(until, math.ceil(max(due, now)) + self.step)
            self._live.take(step - now)
            self._advance_to(step)
            if account.clock.now < step:
                return  # it failed, and is tried again at the next look

    def _advance_to(self, until: float) -> None:
        try:
            self._learner.advance_to(until)
            self._stuck = False
        except SandboxError as error:  # a full disk: time stands still, and whoever calls is told why
            if not self._stuck:
                _log.warning("%s", error)
            self._stuck = True
        except Exception:
            _log.exception("something planned before %s failed", until)

    def _tick(self) -> float:
        """Look once; answers how many real seconds to pause."""
        self.catch_up(due_only=True)
        account = self._learner.world.account
        due = account.agenda.next_due()
        away = math.inf if due is None else (due - account.clock.now - self._live.earned) / self._live.speed
        return min(max(away, SHORTEST_PAUSE), LONGEST_PAUSE)

    def _offered(self) -> float:
        account = self._learner.world.account
        return max(0.0, offered_until(account) - account.clock.now)


@contextlib.asynccontextmanager
async def ticking(clock: Ticking | None) -> Any:
    """The clock runs for as long as the block does; at its end the account has all the time it had earned."""
    if clock is None:
        yield
        return
    task = asyncio.create_task(clock.run())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        clock.catch_up()
