"""Where a sandbox's tasks run: their images tried once, and with a live clock their containers as processes.

Knows nothing about how either is done. Nothing of it is loaded before a call makes tasks.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from dockyard.sandbox.host import Host
from dockyard.sandbox.learner import Learner

if TYPE_CHECKING:
    from dockyard.runtime.machine import Machine
    from dockyard.runtime.publishing import Streams
    from dockyard.sandbox.edge import Receive, Scope, Send
    from dockyard.sandbox.probing import Probing
    from dockyard.sandbox.tasks.agent import TaskAgent
    from dockyard.sandbox.tasks.fargate import Fargate
    from dockyard.sandbox.tasks.live import LiveTasks
    from dockyard.sandbox.tasks.on_demand import OnDemand

#: Calls after which there may be images that nobody observed, or questions that nobody asked.
MAKES_TASKS = ("RunTask", "CreateService", "UpdateService", "ModifyTargetGroup")
#: Simulated seconds within which no task that was not there gets as far as its containers.
STEP = 5.0
#: Real seconds between two looks for the first task.
LOOKS = 0.1


def release(learner: Learner) -> None:
    """Let the account know that nothing of its tasks runs outside: where they are modelled from now on."""
    for region, kept in list(learner.world.account.regions.items()):
        if "ecs" in kept and any(task.outside for task in kept["ecs"].tasks.values()):
            learner.witness(region, [("released", {})])


class TaskRuntime:
    """The one of an account. `folder` is for containers, `facts` for what is known of images; we answer on `port`.

    `speed`: simulated seconds per real second of a live clock; None: containers are modelled until a request comes.
    """

    def __init__(
        self,
        host: Host,
        learner: Learner,
        machine: Callable[[], Machine],
        folder: Path,
        facts: Callable[[], Path],
        port: int,
        speed: float | None,
    ) -> None:
        self._host = host
        self._learner = learner
        self._machine = machine
        self._folder = folder
        self._facts = facts
        self._port = port
        self._speed = speed
        self._looking: set[asyncio.Task[None]] = set()

    @property
    def running(self) -> int:
        """How many containers of tasks run."""
        made = [one for one in ("_tasks", "_on_demand") if one in self.__dict__]
        return sum(self.__dict__[one].running for one in made)

    def starting(self) -> bool:
        """Whether a container is just being started."""
        return "_tasks" in self.__dict__ and self._tasks.starting()

    async def after(self, operation: str) -> None:
        """An operation went well. What it makes worth knowing is known on return; where tasks really run, soon."""
        if operation not in MAKES_TASKS:
            return
        if self._speed is not None:
            self._tasks.adopt()
        looking = asyncio.create_task(self._probing.look())
        self._looking.add(looking)
        looking.add_done_callback(self._looking.discard)
        if self._speed is None:
            await looking

    async def known(self) -> None:
        """Returns when all that was worth knowing is known."""
        await asyncio.gather(*self._looking)

    async def run(self) -> None:
        """Run the tasks' containers, for ever: where time is modelled, those that somebody asked."""
        while not self._is_needed():
            await asyncio.sleep(LOOKS)
        await (self._on_demand if self._speed is None else self._tasks).run()

    def _is_needed(self) -> bool:
        return "_on_demand" in self.__dict__ if self._speed is None else self._has_orders()

    @property
    def run_outside(self) -> bool:
        """Whether there are tasks whose containers are processes all the time."""
        return "_tasks" in self.__dict__ and self._has_orders()

    def _has_orders(self) -> bool:
        from dockyard.sandbox.tasks.orders import orders

        return any(orders(self._learner.world))

    async def in_step(self) -> None:
        """Returns when the account and its processes agree: for whoever moves time by hand."""
        if self.run_outside:
            await self._tasks.in_step()

    async def dial(self, address: str, port: int) -> Streams:
        """A connection to a task. Raises OSError where nobody listens there, LookupError where no process is."""
        if self._speed is None:
            return await self._on_demand.dial(address, port)
        if "_tasks" not in self.__dict__:
            raise LookupError(f"no process stands behind {address}")
        return await self._tasks.dial(address, port)

    async def agent(self, scope: Scope, receive: Receive, send: Send) -> None:
        """What a task's container asks of ECS's agent (ASGI)."""
        await self._agent(scope, receive, send)

    async def close(self) -> None:
        """End every process."""
        for one in list(self._looking):
            one.cancel()
        await asyncio.gather(*self._looking, return_exceptions=True)
        if "_tasks" in self.__dict__:
            await self._tasks.close()
        if "_on_demand" in self.__dict__:
            await self._on_demand.close()
        if "_fargate" in self.__dict__:
            await self._fargate.containers.close()

    @functools.cached_property
    def _fargate(self) -> Fargate:
        from dockyard.runtime.containers import Containers
        from dockyard.sandbox.tasks.environment import TaskEnvironment
        from dockyard.sandbox.tasks.fargate import Fargate
        from dockyard.sandbox.tasks.images import TaskImages

        images = TaskImages(self._host, self._learner)
        containers = Containers(self._folder, images, self._machine())
        environment = TaskEnvironment(self._host, self._learner, self._agent, self._port)
        return Fargate(self._host, self._learner, images, containers, environment)

    @functools.cached_property
    def _agent(self) -> TaskAgent:
        from dockyard.sandbox.tasks.agent import TaskAgent

        return TaskAgent(self._host, self._learner)

    @functools.cached_property
    def _tasks(self) -> LiveTasks:
        from dockyard.sandbox.tasks.live import LiveTasks

        assert self._speed is not None
        return LiveTasks(self._fargate, self._speed)

    @functools.cached_property
    def _on_demand(self) -> OnDemand:
        from dockyard.sandbox.tasks.on_demand import OnDemand

        return OnDemand(self._fargate)

    @functools.cached_property
    def _probing(self) -> Probing:
        from dockyard.sandbox.probing import Probing

        return Probing(self._fargate, self._facts())
