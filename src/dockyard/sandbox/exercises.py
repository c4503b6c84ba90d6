"""Images exercised for checks: a container for each, on the sandbox's loop, while the check waits in its thread.

Knows nothing about what is right.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import h11

from dockyard.errors import EngineError, JudgementError
from dockyard.grading.exercise import Answer, Ask, Done, Exercise, Wish
from dockyard.runtime.container import Container
from dockyard.runtime.containers import Containers
from dockyard.runtime.execution import NotExecutableError
from dockyard.runtime.wanted import Wanted
from dockyard.sandbox.asking import Work, last_lines, listens
from dockyard.sandbox.trial import NOT_STARTED

__all__ = ["Exercises"]

#: Real seconds: for the container to listen, for an answer or a command, and for its end.
STARTS_WITHIN, ANSWERS_WITHIN, ENDS_WITHIN = 20.0, 10.0, 10.0
PAUSE = 0.02
MEMORY = 2 << 30


class Exercises:
    """Those of a sandbox; `loop` is the one its containers live on.

    An image never changes, so what it did is kept, unless a request stayed without answer: that may be the machine's.
    """

    def __init__(self, containers: Containers, loop: asyncio.AbstractEventLoop) -> None:
        self._containers = containers
        self._loop = loop
        self._kept: dict[str, Exercise] = {}

    def __call__(self, image: str, wish: Wish) -> Exercise:
        """Run an image once; from another thread than the loop's. Raises JudgementError where it cannot run here."""
        key = repr((image, wish))
        if key not in self._kept:
            did = asyncio.run_coroutine_threadsafe(self._exercised(image, wish), self._loop).result()
            if not all(one.status for one in did.answers):
                return did
            self._kept[key] = did
        return self._kept[key]

    async def _exercised(self, image: str, wish: Wish) -> Exercise:
        try:
            container = await self._containers.create(Wanted(image, memory=MEMORY))
        except EngineError as error:
            raise _cannot_run(error) from error
        try:
            return await _run(container, wish)
        finally:
            await self._containers.remove(container, force=True)


async def _run(container: Container, wish: Wish) -> Exercise:
    try:
        await container.start()
    except EngineError as error:
        if container.state.exit_code in NOT_STARTED:
            return Exercise(exit_code=container.state.exit_code, lines=(error.message,))
        raise _cannot_run(error) from error
    if lacks := (*container.image.unchecked(), *container.lacks):
        raise JudgementError(
            f"The image cannot run here: no index gives {' and '.join(lacks)}, and this machine has it not.",
            next_step="Connect to the network and build again, or pin a version that is installed here.",
        )
    await _settled(container, wish.port)
    answers = tuple([await _answer(container, wish.port, one) for one in wish.asks])
    done = tuple([await _done(container, one) for one in wish.commands])
    if not container.state.running:
        return Exercise(answers, done, container.state.exit_code, lines=last_lines(container))
    stop_code = await _stopped(container) if wish.stop else None
    return Exercise(answers, done, stop_code=stop_code, lines=last_lines(container))


async def _stopped(container: Container) -> int | None:
    """Its exit code after its stop signal; None where it goes on, or does nothing about it."""
    await container.kill(container.order.stop_signal)
    end, work = time.monotonic() + ENDS_WITHIN, Work(container)
    while container.state.running and time.monotonic() < end and not await work.rests():
        await asyncio.sleep(PAUSE)
    return None if container.state.running else container.state.exit_code


def _cannot_run(error: EngineError) -> JudgementError:
    return JudgementError(
        f"The image cannot run on this machine: {error.message}.", next_step=error.next_step or "Ask dockyard doctor."
    )


async def _settled(container: Container, port: int) -> None:
    """Until it listens, has ended, or does nothing any more."""
    end, work = time.monotonic() + STARTS_WITHIN, Work(container)
    while container.state.running and time.monotonic() < end and not await work.rests():
        if port and await listens(container, port):
            return
        await asyncio.sleep(PAUSE)


async def _answer(container: Container, port: int, ask: Ask) -> Answer:
    try:
        async with asyncio.timeout(ANSWERS_WITHIN):
            reader, writer = await container.dial(port)
            try:
                return await _exchanged(reader, writer, ask)
            finally:
                writer.transport.abort()
    except (OSError, TimeoutError, h11.RemoteProtocolError):
        return Answer(0)


async def _exchanged(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, ask: Ask) -> Answer:
    connection = h11.Connection(h11.CLIENT)
    headers = [("Host", "127.0.0.1"), ("Connection", "close"), ("Content-Type", "application/json"),
               ("Content-Length", str(len(ask.content)))]  # fmt: skip
    writer.write(connection.send(h11.Request(method=ask.verb, target=ask.path, headers=headers)) or b"")
    writer.write(connection.send(h11.Data(data=ask.content)) or b"")
    status, body = 0, b""
    while not isinstance(event := connection.next_event(), h11.EndOfMessage | h11.ConnectionClosed):
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(1 << 16))
        elif isinstance(event, h11.Response):
            status = event.status_code
        elif isinstance(event, h11.Data):
            body += bytes(event.data)
    return Answer(status, body.decode(errors="replace"))


async def _done(container: Container, command: Sequence[str]) -> Done:
    try:
        running = await container.exec(command)
    except (NotExecutableError, EngineError) as error:
        return Done(127, str(error))
    try:
        async with asyncio.timeout(ANSWERS_WITHIN):
            said, complaint = await asyncio.gather(running.stdout.read(), running.stderr.read())
            return Done(await running.wait(), (said + complaint).decode(errors="replace"))
    except TimeoutError:
        running.kill()
        return Done(124, "")
    finally:
        running.close()
