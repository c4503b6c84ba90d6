"""Tasks on the stepped clock: modelled, until a request comes; then their containers run, as long as the task does.

Knows nothing about HTTP or time. What they write, use or answer does not enter the account: the model plays that. Nor
does it go back with the account: a container runs on where its task is there as it was.
"""

from __future__ import annotations

import asyncio

from dockyard.runtime.publishing import Streams
from dockyard.sandbox.tasks.fargate import Fargate
from dockyard.sandbox.tasks.orders import TaskOrder
from dockyard.sandbox.tasks.run import TaskRun

#: Real seconds between two looks: whether the tasks still run, and meanwhile whether a container listens.
LOOKS, PAUSE = 0.5, 0.05
#: A task's health checks are the model's: its containers are asked as seldom as on AWS.
SPEED = 1.0


class OnDemand:
    """The containers of the tasks that somebody asked."""

    def __init__(self, fargate: Fargate) -> None:
        self._fargate = fargate
        self._learner = fargate.learner
        self._runs: dict[str, TaskRun] = {}
        self._world = self._learner.world

    @property
    def running(self) -> int:
        """How many containers run."""
        return sum(one.running for one in self._runs.values())

    async def dial(self, address: str, port: int) -> Streams:
        """A connection to a task, whose containers are started where they do not run.

        Raises OSError where nobody listens, LookupError where the task cannot run here or there is none.
        """
        await self.look()
        run = self._run_of(address)
        while run.starting:
            await asyncio.sleep(PAUSE)
        return await run.dial(port)

    async def look(self) -> None:
        """End the containers of tasks that run no more, or that an account which went back has otherwise."""
        wanted = {one.id: one for one in self._fargate.orders() if one.begins}
        if self._learner.world is not self._world:
            self._world = self._learner.world
            wanted = {number: one for number, one in wanted.items() if self._stays(one)}
        over = [self._runs.pop(number) for number in list(self._runs) if number not in wanted]
        for number, run in self._runs.items():
            run.order = wanted[number]
            run.said()  # nobody listens: it need not be kept
        await asyncio.gather(*(one.close() for one in over))  # meanwhile others may look, or ask for a task

    async def run(self) -> None:
        """Look again and again, for ever."""
        while True:
            if self._runs:
                await self.look()
            await asyncio.sleep(LOOKS)

    async def close(self) -> None:
        """End every container."""
        runs = list(self._runs.values())
        self._runs.clear()
        await asyncio.gather(*(one.close() for one in runs))

    def _stays(self, order: TaskOrder) -> bool:
        """Whether a container would start as the one that runs did. Its secrets may have been others: then not."""
        run = self._runs.get(order.id)
        secrets = any(one.definition.get("secrets") for one in order.containers)
        return run is not None and not secrets and order.begins_as == run.order.begins_as

    def _run_of(self, address: str) -> TaskRun:
        order = next((one for one in self._fargate.orders() if one.address == address and one.begins), None)
        if order is None or not self._fargate.can_run(order):
            raise LookupError(f"no process stands behind {address}")
        if order.id not in self._runs:
            self._runs[order.id] = self._fargate.run(order, SPEED)
        return self._runs[order.id]
