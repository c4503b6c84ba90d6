"""One task as it really runs: its containers by their order, what they serve, what they use.

Knows nothing about accounts: it is told its order again and again, and says what it sees.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

from dockyard.runtime.container import Container
from dockyard.runtime.containers import Containers
from dockyard.runtime.publishing import Streams
from dockyard.runtime.wanted import Mount
from dockyard.sandbox.asking import status_of
from dockyard.sandbox.tasks.container_run import ContainerRun
from dockyard.sandbox.tasks.environment import TaskEnvironment
from dockyard.sandbox.tasks.orders import ContainerOrder, Question, TaskOrder
from dockyard.sandbox.tasks.use import Use
from dockyard.sandbox.tasks.wanted import health_check, wanted
from dockyard.warm_python import ALONE

Seen = list[tuple[str, dict[str, Any]]]
#: Real seconds between two looks at a task; between two questions at least.
LOOKS, SHORTEST = 0.1, 0.25
#: A server has so many real seconds to open a port before the account hears that none is open.
PATIENCE = 5.0
#: Whatever the clock's speed, a container has so many real seconds to end after SIGTERM.
SHORTEST_STOP = 2.0
STOP_TIMEOUT, LONGEST_STOP = 30.0, 120.0
#: Changes of CPU below this share of a vCPU are not told.
NOTABLE = 0.01


class TaskRun:
    """A task's life outside. `speed`: simulated seconds per real second."""

    def __init__(self, containers: Containers, environment: TaskEnvironment, speed: float, order: TaskOrder) -> None:
        self.order = order
        self._containers = containers
        self._environment = environment
        self._speed = speed
        self._runs: dict[str, ContainerRun] = {}
        self._use = Use(speed)
        self._answers: dict[str, int] = {}
        self._asked_at: dict[Question, float] = {}
        self._began = time.monotonic()
        self._told: tuple[Any, ...] = ()
        self._told_use: tuple[float, int] = (0.0, 0)
        self._stopping: list[asyncio.Task[None]] = []
        self._life = asyncio.create_task(self._live())

    @property
    def running(self) -> int:
        """How many of its containers run."""
        return sum(one.running for one in self._runs.values())

    @property
    def starting(self) -> bool:
        """Whether one of its containers is just being started."""
        due = [one.name for one in self.order.containers if one.status == "RUNNING"]
        return self.order.begins and not all(one in self._runs and self._runs[one].has_started for one in due)

    @property
    def settled(self) -> bool:
        """Whether what is to start has told what it serves and was measured, and what is to end has ended."""
        if self.order.ends:
            return self.running == 0
        return not self.starting and (not self._runs or self._use.is_known)

    async def dial(self, port: int) -> Streams:
        """A connection to a port of the task. Raises OSError where nobody listens: its containers may have ended."""
        container = self._serving(port)
        if container is None:
            raise ConnectionRefusedError(f"no container of task {self.order.id} runs")
        return await container.dial(port)

    def said(self) -> Seen:
        """What is new since the last time."""
        seen = [one for run in self._runs.values() for one in run.said()]
        ports = sorted({port for run in self._runs.values() for port in run.open})
        served = (tuple(ports), tuple(sorted(self._answers.items())))
        unanswered = [one for one in self.order.questions if one.port in ports and one.path not in self._answers]
        declares = any(one.ports for one in self.order.containers)
        waits = declares and not ports and not self._told and time.monotonic() < self._began + PATIENCE
        if served != self._told and not unanswered and not waits and self.order.begins:
            self._told = served
            seen.insert(0, ("served", {"task": self.order.id, "ports": ports, "answers": dict(self._answers)}))
        return seen

    def used(self, minutes: int) -> Seen:
        """Its containers' CPU (in vCPU) and memory (MiB) in so many minutes that end now, where they changed."""
        if not self._use.is_known:
            return []
        use = self._use.told(minutes)
        if abs(use[0] - self._told_use[0]) < NOTABLE and use[1] == self._told_use[1]:
            return []
        self._told_use = use
        return [("used", {"task": self.order.id, "vcpus": use[0], "memory": use[1]})]

    async def close(self) -> None:
        """End and forget its containers."""
        self._life.cancel()
        self._environment.forget(self.order.id)
        await asyncio.gather(self._life, *self._stopping, return_exceptions=True)
        for run in self._runs.values():
            await run.remove()

    async def _live(self) -> None:
        while True:
            if self.order.ends:
                self._end()
            else:
                await self._start_what_should_run()
            await asyncio.gather(*(run.look_at_ports() for run in self._runs.values()))
            await asyncio.gather(*(self._ask(one) for one in self.order.questions))
            await self._measure()
            await asyncio.sleep(LOOKS)

    async def _start_what_should_run(self) -> None:
        for one in self.order.containers:
            if one.status == "RUNNING" and one.name not in self._runs:
                run = self._runs[one.name] = ContainerRun(self._containers, self.order.id, one)
                await run.start(self._wanted(one))

    def _wanted(self, one: ContainerOrder) -> Any:
        order, definition = self.order, one.definition
        environment = self._environment.aws(order, one)
        environment |= self._environment.secrets(order.region, definition)
        beside = next((run.container.id for run in self._runs.values() if run.container and run.running), "")
        mounts = [
            Mount(f"{order.id}-{one['sourceVolume']}", one["containerPath"], one.get("readOnly", False))
            for one in definition.get("mountPoints", [])
            if one.get("sourceVolume") in order.volumes
        ]
        one_thread = ALONE if order.vcpus <= 1 else {}  # numpy's: more would wait for each other
        return wanted(
            definition, one.image, environment, one.memory, cpus=order.vcpus, beneath=one_thread,
            health=health_check(definition, self._speed), together_with=beside, mounts=tuple(mounts),
            outside=self._environment.outside,
        )  # fmt: skip

    def _end(self) -> None:
        if self._stopping:
            return
        for run in self._runs.values():
            asked = min(float(run.order.definition.get("stopTimeout") or STOP_TIMEOUT), LONGEST_STOP)
            seconds = max(asked / self._speed, SHORTEST_STOP)
            self._stopping.append(asyncio.create_task(run.stop(seconds)))

    async def _ask(self, question: Question) -> None:
        """Ask a health check's path as often as the load balancer would."""
        now, container = time.monotonic(), self._serving(question.port)
        if container is None or not any(question.port in run.open for run in self._runs.values()):
            return
        pause = max(question.interval / self._speed, SHORTEST)
        if now - self._asked_at.get(question, -pause) < pause:
            return
        self._asked_at[question] = now
        try:
            self._answers[question.path] = await status_of(container, question.port, question.path, question.timeout)
        except OSError:
            self._answers.pop(question.path, None)

    def _serving(self, port: int) -> Container | None:
        """The container that declares a port, or any that runs."""
        running = [run for run in self._runs.values() if run.running]
        declaring = [run for run in running if port in run.order.ports]
        return next((run.container for run in declaring or running), None)

    async def _measure(self) -> None:
        """See what it uses, from when it serves on: what its start took is over, and says nothing about later."""
        if self.starting or not self._told:
            self._use.forget()
        elif self._use.is_due:
            self._use.seen([await run.container.usage() for run in self._runs.values() if run.container])
