"""One container of a task as it really runs: started, followed, asked, stopped.

Knows nothing about accounts: what it sees it says as names of observations and their members.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import replace
from typing import Any

from dockyard.errors import DockyardError
from dockyard.runtime.container import Container
from dockyard.runtime.containers import Containers
from dockyard.runtime.wanted import Wanted
from dockyard.sandbox.asking import STARVED_START, Work, listens
from dockyard.sandbox.tasks.orders import ContainerOrder

#: So many lines of a container enter the account at once; a flood is told in pieces.
MOST_LINES = 1000
#: Real seconds between two tellings of a container's lines, and within which it starts or counts as started.
TELLS_EVERY, LONGEST_START = 1.0, 10.0
CANNOT_START = "CannotStartContainerError: "
OUT_OF_MEMORY = "OutOfMemoryError: container killed due to memory usage"
#: What a command that cannot be run exits with where the runtime says nothing else.
NOT_STARTED = 1


class ContainerRun:
    """A container's life outside, from its start to its removal."""

    def __init__(self, containers: Containers, task: str, order: ContainerOrder) -> None:
        self.order = order
        self.container: Container | None = None
        self.open: set[int] = set()
        self._containers = containers
        self._task = task
        self._lines: list[str] = []
        self._rest = b""
        self._reading: asyncio.Task[None] | None = None
        self._cpus = 0.0
        self._failure = ""
        self._health = ""
        self._told_end = False
        self._told_at = 0.0
        self._work: Work | None = None
        self._give_up = time.monotonic() + LONGEST_START
        #: whether it serves what it declares, or does not seem to want to
        self.has_started = False

    @property
    def running(self) -> bool:
        """Whether its main process lives."""
        return self.container is not None and self.container.state.running

    async def start(self, wanted: Wanted) -> None:
        """Run it; a failure is an end like any other.

        A server gets all the CPU there is until it serves: simulated time stands still, but whoever watches waits.
        """
        self._cpus, at_first = wanted.cpus, 0.0 if self.order.ports else wanted.cpus
        try:
            wanted = replace(wanted, cpus=at_first)
            self.container = await self._containers.create(wanted, f"ecs-{self._task[:12]}-{self.order.name}"[:120])
            await self.container.start()
            self._work = Work(self.container)
            self._reading = asyncio.create_task(self._read(self.container))
        except (DockyardError, OSError) as error:
            self._failure = str(error)

    def said(self) -> list[tuple[str, dict[str, Any]]]:
        """What is new since the last time: lines, health, the end."""
        named = {"task": self._task, "container": self.order.name}
        seen: list[tuple[str, dict[str, Any]]] = []
        lines = self._new_lines()
        if self._failure and not self._told_end:
            lines = [*lines, self._failure]
        if lines:
            seen.append(("wrote", {**named, "lines": lines}))
        health = self.container.state.health.upper() if self.container else ""
        if health in ("HEALTHY", "UNHEALTHY") and health != self._health and self.running:
            self._health = health
            seen.append(("checked", {**named, "health": health}))
        if self._is_over() and not self._told_end:
            self._told_end = True
            seen.append(("exited", {**named, **self._end()}))
        return seen

    async def look_at_ports(self) -> None:
        """Find out which of its ports are open."""
        if self.container is not None and self.running:
            for port in self.order.ports:
                if await listens(self.container, port):
                    self.open.add(port)
                else:
                    self.open.discard(port)
        else:
            self.open.clear()
        if not self.has_started:
            self.has_started = await self._is_ready()
            if self.has_started and self.container is not None and self.order.ports:
                self.container.hold_to(self._cpus)

    async def _is_ready(self) -> bool:
        if self._failure or not self.running or self._work is None or time.monotonic() > self._give_up:
            return True
        return set(self.order.ports) <= self.open or await self._work.rests(STARVED_START)

    async def stop(self, seconds: float) -> None:
        """Its stop signal, and SIGKILL after so many real seconds."""
        if self.container is not None:
            await self.container.stop(seconds)

    async def remove(self) -> None:
        """End and forget it."""
        if self.container is not None:
            await self._containers.remove(self.container, force=True)
        if self._reading is not None:
            self._reading.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reading

    def _new_lines(self) -> list[str]:
        """What it wrote since the last time; a second's lines come together, the last ones at once."""
        now = time.monotonic()
        if self.running and now - self._told_at < TELLS_EVERY:
            return []
        lines, self._lines = self._lines[:MOST_LINES], self._lines[MOST_LINES:]
        self._told_at = now if lines else self._told_at
        return lines

    def _is_over(self) -> bool:
        """Whether it ended and everything it wrote was read."""
        if self._failure:
            return True
        ended = self.container is not None and self.container.state.status == "exited"
        return ended and not self._lines and (self._reading is None or self._reading.done())

    def _end(self) -> dict[str, Any]:
        state = self.container.state if self.container else None
        if self._failure:
            return {"code": (state.exit_code if state else 0) or NOT_STARTED, "reason": CANNOT_START + self._failure}
        assert state is not None
        return {"code": state.exit_code, "reason": OUT_OF_MEMORY if state.out_of_memory else ""}

    async def _read(self, container: Container) -> None:
        async for record in container.log.follow():
            self._rest += record.data
            *whole, self._rest = self._rest.split(b"\n")
            self._lines += [line.decode(errors="replace").rstrip("\r") for line in whole]
        if self._rest:
            self._lines.append(self._rest.decode(errors="replace"))
            self._rest = b""
