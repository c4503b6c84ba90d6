"""A container that is tried: started, waited for, a command run in it, stopped, and removed whatever happens.

Knows nothing about who tries it, nor what is right. What it waits for ends early where the container does nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace

from dockyard.errors import EngineError
from dockyard.runtime.container import Container
from dockyard.runtime.containers import Containers
from dockyard.runtime.execution import NotExecutableError
from dockyard.runtime.wanted import Wanted
from dockyard.sandbox.asking import RESTS, STARVED_END, STARVED_START, Door, Work, door, last_lines
from dockyard.warm_python import ALONE

__all__ = ["TriedContainer", "on_trial"]

#: Exit codes of a command that is not there or cannot be run, and of one that did not end in time, as Docker and
#: coreutils' `timeout` give them.
NOT_EXECUTABLE, NOT_FOUND, NOT_IN_TIME = 126, 127, 124
#: Real seconds: a container that was told to end and is at work has so long, as with `docker stop`; between two looks.
ENDS_WITHIN, PAUSE = 10.0, 0.05


@dataclass(frozen=True, slots=True)
class TriedContainer:
    """One container on trial."""

    container: Container

    async def start(self) -> str:
        """Run it: "", or the sentence why its command cannot be run. EngineError where it is not the image's fault."""
        try:
            await self.container.start()
        except EngineError as error:
            if self.container.state.exit_code in (NOT_EXECUTABLE, NOT_FOUND):
                return error.message
            raise
        return ""

    async def settled(self, ports: Sequence[int], within: float) -> bool:
        """Wait until it listens on all these ports, has ended, or does nothing any more; False: in vain.

        A server that listens for itself only is one that has started: nothing else is to come.
        """
        end, work, rests = time.monotonic() + within, Work(self.container), STARVED_START if ports else RESTS
        while self.container.state.running and not await work.rests(rests):
            if time.monotonic() > end:
                return False
            if ports and Door.CLOSED not in [await door(self.container, one) for one in ports]:
                break
            await asyncio.sleep(PAUSE)
        return True

    async def done(self, command: Sequence[str], within: float) -> tuple[int, str]:
        """Run a command inside: its exit code and all it wrote."""
        try:
            running = await self.container.exec(command)
        except (NotExecutableError, EngineError) as error:
            return NOT_FOUND, str(error)
        try:
            async with asyncio.timeout(within):
                said, complaint = await asyncio.gather(running.stdout.read(), running.stderr.read())
                return await running.wait(), (said + complaint).decode(errors="replace")
        except TimeoutError:
            running.kill()
            return NOT_IN_TIME, ""
        finally:
            running.close()

    async def told_all(self) -> None:
        """Wait until its log has all that it wrote until now.

        Its shim answers one question after the other, and between two it reads what was written before the first.
        """
        for _ in range(2):
            await self.container.usage()

    async def wrote(self, text: str, within: float, unless: Callable[[], bool]) -> None:
        """Wait until its log has this text, unless something else comes first, it ends, or time runs out."""
        end = time.monotonic() + within
        while self.container.state.running and time.monotonic() < end and not unless():
            if any(text in line for line in last_lines(self.container)):
                return
            await asyncio.sleep(PAUSE)

    async def told_to_end(self) -> bool:
        """Send it its stop signal, unless it has ended. False: the signal is dropped, so it goes on."""
        if self.container.state.running:
            with suppress(EngineError):  # it ended meanwhile
                return await self.container.kill(self.container.order.stop_signal)
        return True

    async def stop_code(self) -> int | None:
        """Once it heard that it is to end: its exit code; None where it goes on nevertheless."""
        end, work = time.monotonic() + ENDS_WITHIN, Work(self.container)
        while self.container.state.running and time.monotonic() < end and not await work.rests(STARVED_END):
            await asyncio.sleep(PAUSE)
        return None if self.container.state.running else self.container.state.exit_code


@asynccontextmanager
async def on_trial(containers: Containers, wanted: Wanted) -> AsyncIterator[TriedContainer]:
    """A container to try, gone afterwards. Raises EngineError where there cannot be one.

    Its numpy takes one thread, unless the image says otherwise: many are tried, side by side.
    """
    container = await containers.create(replace(wanted, beneath=ALONE))
    try:
        yield TriedContainer(container)
    finally:
        await containers.remove(container, force=True)
