"""One trial of an image: run it under limits, ask it what there is to ask, stop it; facts come out.

Knows nothing about accounts, caches or when an image is tried.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping, Sequence

from dockyard.cloud.ecs.facts import MEMORY_STEP, Asked, ImageFacts, ports_of
from dockyard.cloud.network import NO_ANSWER
from dockyard.errors import EngineError
from dockyard.runtime.container import Container
from dockyard.runtime.containers import Containers
from dockyard.runtime.execution import NotExecutableError
from dockyard.sandbox.asking import RESTS, Work, last_lines, listens, status_of
from dockyard.sandbox.wanted_containers import MEBIBYTE, health_check, wanted

#: Real seconds: for the whole trial; for an answer; kept for the end.
LONGEST, ANSWERS_WITHIN, KEPT = 10.0, 5.0, 1.0
#: A container without its ports rests only after so many real seconds: a busy machine may starve one that starts.
STARVED = 3.0
PAUSE = 0.05
#: Ports that servers listen on where their definition names another: a help for whoever reads the facts.
USUAL_PORTS = (80, 5000, 8000, 8080, 8888)
#: No trial gets more memory than this, in MiB, whatever its definition says.
MOST_MEMORY = 2048
#: Exit codes of a command that is not there or cannot be run, as Docker gives them.
NOT_STARTED = (126, 127)


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
        try:
            container = await self._containers.create(
                wanted(asked.container, asked.image, self._environment, self._limit)
            )
        except EngineError:
            return None
        try:
            return await self._run(container)
        except TimeoutError:
            return None
        finally:
            await self._containers.remove(container, force=True)

    async def _run(self, container: Container) -> ImageFacts | None:
        try:
            await container.start()
        except EngineError as error:
            code = container.state.exit_code
            return ImageFacts(code, (error.message,), container.order.user) if code in NOT_STARTED else None
        if container.lacks:  # whatever it does, it may do for want of what this machine does not have
            return None
        ports = await self._serving(container)
        if not container.state.running:
            return self._ended(container)
        lines, user = last_lines(container), container.order.user
        answers = await self._answers(container, ports)
        checks = {one: await self._passes(container, one) for one in self._asked.checks}
        if not container.state.running:
            return self._ended(container)
        held = (await container.usage()).memory_peak
        closed = [one for one in self._declared if one not in ports]
        loopback = tuple([one for one in closed if await self._talks_to_itself(container, one)])
        stop_code = await self._stopped(container)
        steps = -(-held // (MEMORY_STEP * MEBIBYTE))
        return ImageFacts(
            None, lines, user, tuple(ports), loopback, answers, checks, steps * MEMORY_STEP, stop_code=stop_code
        )

    @property
    def _declared(self) -> list[int]:
        return ports_of(self._asked.container)

    async def _serving(self, container: Container) -> list[int]:
        """The open ports, once all that are declared are, or the container ended or does nothing any more."""
        declared, every = self._declared, sorted({*self._declared, *USUAL_PORTS})
        work = Work(container)
        while container.state.running and not await work.rests(STARVED if declared else RESTS):
            if time.monotonic() > self._end - KEPT:
                raise TimeoutError
            if declared and all([await listens(container, one) for one in declared]):
                break
            await asyncio.sleep(PAUSE)
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

    async def _passes(self, container: Container, check: str) -> bool:
        """Whether a container health check exits with 0 in its time."""
        asked = health_check({**self._asked.container, "healthCheck": {"command": json.loads(check)}}, 1.0)
        return await self._succeeds(container, asked.command)

    async def _talks_to_itself(self, container: Container, port: int) -> bool:
        """Whether a port that nobody reaches from outside is open to the container itself."""
        connecting = f"import socket; socket.create_connection(('127.0.0.1', {port}), 1)"
        return await self._succeeds(container, ("python", "-c", connecting))

    async def _succeeds(self, container: Container, command: Sequence[str]) -> bool:
        try:
            running = await container.exec(command)
        except (NotExecutableError, EngineError):
            return False
        try:
            async with asyncio.timeout(ANSWERS_WITHIN):
                return await running.wait() == 0
        except TimeoutError:
            running.kill()
            return False
        finally:
            running.close()

    async def _stopped(self, container: Container) -> int | None:
        """Its exit code after SIGTERM, None where it had to be killed."""
        await container.kill(container.order.stop_signal)
        work = Work(container)
        while container.state.running and not await work.rests(2 * RESTS):
            await asyncio.sleep(PAUSE)
        return None if container.state.running else container.state.exit_code

    def _ended(self, container: Container) -> ImageFacts:
        user = container.order.user
        if container.state.out_of_memory:
            return ImageFacts(user=user, memory=self._limit, out_of_memory=True)
        return ImageFacts(container.state.exit_code, last_lines(container), user)
