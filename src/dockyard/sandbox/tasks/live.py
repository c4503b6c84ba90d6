"""Tasks on a live clock: what the account wants of them is done all the time, what they do enters the account.

Knows nothing about HTTP. A task whose images cannot run here (public ones, another architecture) stays modelled.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Iterator

from dockyard.cloud.clock import MINUTE
from dockyard.errors import SandboxError
from dockyard.runtime.publishing import Streams
from dockyard.sandbox.tasks.fargate import Fargate
from dockyard.sandbox.tasks.orders import TaskOrder
from dockyard.sandbox.tasks.run import Seen, TaskRun

#: Real seconds between two looks at the account.
LOOKS = 0.1
#: While somebody moves time by hand: between two looks, and for how long it stands for the sake of processes.
PAUSE, PATIENCE = 0.02, 15.0
#: So many tasks run as processes at a time; any more are modelled, for this is one machine.
MOST = 20
Say = Callable[[TaskRun], Seen]
_log = logging.getLogger(__name__)


class LiveTasks:
    """Keeps processes and account in step for as long as `run` runs."""

    def __init__(self, fargate: Fargate, speed: float) -> None:
        self._fargate = fargate
        self._host, self._learner = fargate.host, fargate.learner
        self._speed = speed
        self._runs: dict[str, TaskRun] = {}
        self._modelled: set[str] = set()
        self._runnable: dict[tuple[str, ...], bool] = {}
        self._world = self._learner.world
        self._turn = asyncio.Lock()
        self._learner.before_time.append(self._before_time)

    @property
    def running(self) -> int:
        """How many containers run."""
        return sum(one.running for one in self._runs.values())

    def starting(self) -> bool:
        """Whether a container is just being started: time stands still meanwhile."""
        return any(one.starting for one in self._runs.values())

    async def run(self) -> None:
        """Look again and again, for ever."""
        while True:
            try:
                await self.look()
            except SandboxError as error:  # a full disk: what was seen is lost, and whoever calls is told
                _log.warning("%s", error)
            except Exception:
                _log.exception("the tasks could not be looked at")
            await asyncio.sleep(LOOKS)

    async def in_step(self) -> None:
        """Look until what should run has told what it serves and what should end has ended, for a while at most."""
        end = time.monotonic() + PATIENCE
        await self.look()
        while not all(one.settled for one in self._runs.values()) and time.monotonic() < end:
            await asyncio.sleep(PAUSE)
            await self.look()

    async def look(self) -> None:
        """Bring processes to what the account wants, and the account to what they do."""
        async with self._turn:
            await self._look()

    async def _look(self) -> None:
        if self._learner.world is not self._world:  # the account went back: what was told is not known any more
            await self._begin_again()
        with self._host.lock:
            wanted = {one.id: one for one in self.adopt()}
            self._tell()
        for one in wanted.values():
            if one.id not in self._runs and one.outside and one.begins and self._can_run(one):
                self._runs[one.id] = self._fargate.run(one, self._speed)
        for number, run in list(self._runs.items()):
            if number in wanted:
                run.order = wanted[number]
            if number not in wanted or wanted[number].status == "STOPPED":
                del self._runs[number]
                await run.close()

    def adopt(self) -> list[TaskOrder]:
        """Take on, before anything is played, each task whose containers can run here; returns all tasks there are."""
        with self._host.lock:
            found = self._fargate.orders(self._modelled)
            room = MOST - sum(one.outside and one.status != "STOPPED" for one in found)
            for one in found:
                if not one.alive or one.outside:
                    continue
                if room > 0 and self._can_run(one):
                    room -= 1
                    self._learner.witness(one.region, [("adopted", {"task": one.id})])
                elif one.begins:  # what cannot run by now stays as it is
                    self._modelled.add(one.id)
            return found

    async def dial(self, address: str, port: int) -> Streams:
        """A connection to a task's address, once its containers have started.

        Raises OSError where nobody listens, LookupError where the task is modelled or there is none.
        """
        if self._learner.world is not self._world or self._at(address) is None:
            with contextlib.suppress(SandboxError):  # a full disk: the next look tells
                await self.look()  # the task may be new, or the account have gone back
        run = self._at(address)
        while run is not None and run.starting:
            await asyncio.sleep(PAUSE)
            run = self._at(address)
        if run is None:
            raise LookupError(f"no process stands behind {address}")
        return await run.dial(port)

    def _at(self, address: str) -> TaskRun | None:
        runs = (one for one in self._runs.values() if one.order.address == address)
        return next((one for one in runs if one.order.status != "STOPPED"), None)

    async def close(self) -> None:
        """End every container; the account keeps its tasks, whose containers start again with the next sandbox."""
        with contextlib.suppress(ValueError):
            self._learner.before_time.remove(self._before_time)
        await self._begin_again()

    async def _begin_again(self) -> None:
        self._world, runs = self._learner.world, list(self._runs.values())
        self._runs.clear()
        self._modelled.clear()
        await asyncio.gather(*(one.close() for one in runs))

    def _can_run(self, order: TaskOrder) -> bool:
        names = tuple(one.image for one in order.containers)
        if names not in self._runnable:
            self._runnable[names] = self._fargate.can_run(order)
        return self._runnable[names]

    def _tell(self) -> None:
        for region, seen in self._by_region(lambda run: run.said()):
            self._learner.witness(region, seen)

    def _before_time(self, until: float) -> None:
        """Time moves on: whatever was launched is taken on, and what was used in a minute told before it ends."""
        self.adopt()
        minutes = int(until // MINUTE - self._learner.world.account.clock.now // MINUTE)
        if minutes == 0:
            return
        for region, seen in self._by_region(lambda run: run.used(minutes)):
            self._learner.witness(region, seen)

    def _by_region(self, say: Say) -> Iterator[tuple[str, Seen]]:
        told: dict[str, Seen] = {}
        for run in self._runs.values():
            if seen := say(run):
                told.setdefault(run.order.region, []).extend(seen)
        yield from told.items()
