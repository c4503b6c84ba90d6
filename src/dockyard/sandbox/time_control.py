"""The part of the control API that belongs to time: the clock, time let pass or waited for, traffic offered in it.

Knows nothing about tokens: `control` lets only those in who hold one.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dockyard.cloud.clock import iso
from dockyard.sandbox.control_requests import ControlError, body_of, number

if TYPE_CHECKING:
    from dockyard.sandbox.sandbox import Sandbox

__all__ = ["TimeControl"]

DAY = 24 * 3600.0
LONGEST_ADVANCE = 366 * 24 * 3600.0
#: A request to wait is answered after so many real seconds at the latest, and may be repeated.
LONGEST_WAIT = 10.0


class TimeControl:
    """The endpoints, for the sandbox's learner."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def endpoints(self) -> dict[str, tuple[Callable[[Request], Awaitable[Response]], str]]:
        """Path below /_dockyard/ → endpoint and verb."""
        return {
            "clock": (self.clock, "GET"),
            "clock/advance": (self.advance, "POST"),
            "clock/wait": (self.wait, "POST"),
            "traffic": (self.traffic, "POST"),
        }

    async def clock(self, _request: Request) -> Response:
        """Simulated time: how it moves, and on the live clock whether it rests."""
        return JSONResponse(self._sandbox.clock())

    async def advance(self, request: Request) -> Response:
        """Let simulated seconds pass, a day at a time: others are answered in between, and a stop need not wait.

        Where tasks are processes it stops wherever something happens, until they have done their part in it.
        """
        left, tasks = number(await body_of(request), "seconds", most=LONGEST_ADVANCE), self._sandbox.tasks
        while True:
            if tasks:
                await tasks.in_step()
            with self._sandbox.host.lock:
                passing = self._passing(left)
                self._sandbox.learner.advance(passing)
            if (left := left - passing) <= 0:
                if tasks:
                    await tasks.in_step()
                return await self.clock(request)
            await asyncio.sleep(0)

    def _passing(self, left: float) -> float:
        """How much of the time that is left may pass at once."""
        tasks, due = self._sandbox.tasks, self._sandbox.learner.world.account.agenda.next_due()
        if tasks is None or due is None or not tasks.run_outside:
            return min(left, DAY)
        return min(left, DAY, max(due - self._now, 1.0))

    async def traffic(self, request: Request) -> Response:
        """Offer load to a load balancer from now on."""
        body = await body_of(request)
        name = body.get("load_balancer")
        if not isinstance(name, str):
            raise ControlError(400, "`load_balancer` must be the load balancer's name.")
        region = body.get("region", self._sandbox.region)
        if not isinstance(region, str):
            raise ControlError(400, "`region` must be a region's name, such as us-east-1.")
        numbers = [number(body, member) for member in ("requests_per_second", "cpu_ms", "seconds")]
        numbers.append(number({"lasts": 0, **body}, "lasts", most=DAY))
        with self._sandbox.host.lock:
            self._sandbox.learner.traffic(region, name, *numbers)
        return JSONResponse({"offered": body, "now": iso(self._sandbox.learner.world.account.clock.now)})

    async def wait(self, request: Request) -> Response:
        """Wait with the live clock until simulated seconds have passed, `LONGEST_WAIT` at most; answers the clock."""
        until = self._now + number(await body_of(request), "seconds", most=LONGEST_ADVANCE)
        give_up = time.monotonic() + LONGEST_WAIT
        if live := self._sandbox.ticking:
            while live.moment() < until and time.monotonic() < give_up:
                await asyncio.sleep(0.05)
            live.catch_up()
        return await self.clock(request)

    @property
    def _now(self) -> float:
        return self._sandbox.learner.world.account.clock.now
