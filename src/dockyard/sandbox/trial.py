"""One trial of an image: run it under limits, ask it what there is to ask, stop it; facts come out.

Knows nothing about accounts, caches or when an image is tried.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping

from dockyard.cloud.ecs.facts import MEMORY_STEP, Asked, ImageFacts, ports_of
from dockyard.cloud.network import NO_ANSWER
from dockyard.errors import EngineError
from dockyard.runtime.container import Container
from dockyard.runtime.containers import Containers
from dockyard.sandbox.asking import Door, door, last_lines, listens, status_of
from dockyard.sandbox.tasks.wanted import MEBIBYTE, health_check, wanted
from dockyard.sandbox.tried_container import TriedContainer, on_trial

#: Real seconds: for the whole trial; for an answer; kept for the end.
LONGEST, ANSWERS_WITHIN, KEPT = 10.0, 5.0, 1.0
#: Ports that servers listen on where their definition names another: a help for whoever reads the facts.
USUAL_PORTS = (80, 5000, 8000, 8080, 8888)
#: No trial gets more memory than this, in MiB, whatever its definition says.
MOST_MEMORY = 2048


class Trial:
    """What is asked, and the container that answers."""

    def __init__(self, containers: Containers, asked: Asked, environment: Mapping[str, str]) -> None:
        self._containers = containers
        self._asked = asked
        self._environment = environment
        self._limit = min(asked.memory, MOST_MEMORY)
        self._end = time.monotonic() + LONGEST

    async def facts(self) -> ImageFacts | None:
        """What is true of the image, None where this machine cannot tell, or not in time."""
        asked = self._asked
        order = wanted(asked.container, asked.image, self._environment, self._limit)
        try:
            async with on_trial(self._containers, order) as one:
                return await self._run(one)
        except (EngineError, TimeoutError):
            return None

    async def _run(self, tried: TriedContainer) -> ImageFacts | None:
        container = tried.container
        if refused := await tried.start():
            return ImageFacts(container.state.exit_code, (refused,), container.order.user)
        if container.lacks:  # whatever it does, it may do for want of what this machine does not have
            return None
        ports = await self._serving(tried)
        if not container.state.running:
            return self._ended(container)
        lines, user = last_lines(container), container.order.user
        answers = await self._answers(container, ports)
        checks = {one: await self._passes(tried, one) for one in self._asked.checks}
        if not container.state.running:
            return self._ended(container)
        held = (await container.usage()).memory_peak
        closed = [one for one in self._declared if one not in ports]
        loopback = tuple([one for one in closed if await door(container, one) is Door.OWN])
        stop_code = await tried.stop_code() if await tried.told_to_end() else None
        steps = -(-held // (MEMORY_STEP * MEBIBYTE))
        return ImageFacts(
            None, lines, user, tuple(ports), loopback, answers, checks, steps * MEMORY_STEP, stop_code=stop_code
        )

    @property
    def _declared(self) -> list[int]:
        return ports_of(self._asked.container)

    async def _serving(self, tried: TriedContainer) -> list[int]:
        """The open ports, once all that are declared are, or the container ended or does nothing any more."""
        container, declared = tried.container, self._declared
        within = self._end - KEPT - time.monotonic()
        if not await tried.settled(declared, within):
            raise TimeoutError
        every = sorted({*declared, *USUAL_PORTS})
        return [one for one in every if container.state.running and await listens(container, one)]

    async def _answers(self, container: Container, ports: list[int]) -> dict[str, int]:
        """What each path answers, on the first declared port that is open."""
        port = next((one for one in self._declared if one in ports), None)
        answers: dict[str, int] = {}
        for path in self._asked.paths if port else ():
            try:
                answers[path] = await status_of(container, port or 0, path, ANSWERS_WITHIN)
            except OSError:
                break
        return {**dict.fromkeys(self._asked.paths, NO_ANSWER), **answers}

    async def _passes(self, tried: TriedContainer, check: str) -> bool:
        """Whether a container health check exits with 0 in its time."""
        asked = health_check({**self._asked.container, "healthCheck": {"command": json.loads(check)}}, 1.0)
        code, _ = await tried.done(asked.command, ANSWERS_WITHIN)
        return code == 0

    def _ended(self, container: Container) -> ImageFacts:
        user = container.order.user
        if container.state.out_of_memory:
            return ImageFacts(user=user, memory=self._limit, out_of_memory=True)
        return ImageFacts(container.state.exit_code, last_lines(container), user)
