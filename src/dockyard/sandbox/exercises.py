"""Images exercised for checks: a container for each, on the sandbox's loop, while the check waits in its thread.

Knows nothing about what is right.
"""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import replace
from pathlib import Path

import h11

from dockyard.errors import EngineError, JudgementError
from dockyard.grading.exercise import Answer, Ask, Done, Exercise, Wish
from dockyard.runtime.container import Container
from dockyard.runtime.containers import Containers
from dockyard.runtime.wanted import Mount, Wanted
from dockyard.sandbox.asking import Door, door, last_lines
from dockyard.sandbox.known_exercises import KnownExercises
from dockyard.sandbox.tried_container import TriedContainer, on_trial

__all__ = ["Exercises"]

#: Real seconds: for the container to listen, and for an answer or a command.
STARTS_WITHIN, ANSWERS_WITHIN = 20.0, 10.0
MEMORY = 2 << 30


class Exercises:
    """Those of a sandbox; `loop` is the one its containers live on.

    An image never changes, so what it did is kept; `known` is what other sandboxes saw. Where a request stayed without
    answer, that may be the machine's fault: it is kept for one judgement only, and tried again in the next.
    """

    def __init__(self, containers: Containers, known: KnownExercises, loop: asyncio.AbstractEventLoop) -> None:
        self._containers = containers
        self._known = known
        self._loop = loop
        self._kept: dict[str, Exercise] = {}

    def __call__(self, image: str, wish: Wish, judgement: dict[str, Exercise]) -> Exercise:
        """Run an image once; from another thread than the loop's. Raises JudgementError where it cannot run here.

        `judgement` is what was found in this one already, and is added to.
        """
        key = repr((image, wish))
        did = self._kept.get(key) or judgement.get(key)
        if did is None:
            did = self._known.find(image, wish) or self._tried(image, wish)
            keep = self._kept if all(one.status for one in did.answers) else judgement
            keep[key] = did
        return did

    def _tried(self, image: str, wish: Wish) -> Exercise:
        did = asyncio.run_coroutine_threadsafe(self._exercised(image, wish), self._loop).result()
        self._known.keep(image, wish, did)
        return did

    async def _exercised(self, image: str, wish: Wish) -> Exercise:
        with tempfile.TemporaryDirectory(prefix="dockyard-exercise-") as folder:
            wanted = Wanted(image, memory=MEMORY, mounts=_mounts(wish, Path(folder)))
            try:
                async with on_trial(self._containers, wanted) as one:
                    return await _run(one, wish)
            except EngineError as error:
                raise _cannot_run(error) from error


def _mounts(wish: Wish, folder: Path) -> tuple[Mount, ...]:
    """The files that lie over the image's, written where they can be mounted from."""
    mounts = []
    for number, (path, content) in enumerate(wish.files):
        (folder / str(number)).write_bytes(content)
        mounts.append(Mount(str(folder / str(number)), path, read_only=True))
    return tuple(mounts)


async def _run(tried: TriedContainer, wish: Wish) -> Exercise:
    container = tried.container
    if refused := await tried.start():
        return Exercise(exit_code=container.state.exit_code, lines=(refused,))
    if lacks := (*container.image.unchecked(), *container.lacks):
        raise JudgementError(
            f"The image cannot run here: no index gives {' and '.join(lacks)}, and this machine has it not.",
            next_step="Connect to the network and build again, or pin a version that is installed here.",
        )
    await tried.settled([wish.port] if wish.port else [], STARTS_WITHIN)
    for_itself = bool(wish.port) and await door(container, wish.port) is Door.OWN
    did = await _did(tried, wish)
    return replace(did, for_itself=for_itself, lines=last_lines(container))


async def _did(tried: TriedContainer, wish: Wish) -> Exercise:
    """Once it has settled: what it answers, what commands show, and how it ends."""
    container = tried.container
    answers = tuple([await _answer(container, wish.port, one) for one in wish.asks])
    done = tuple([Done(*await tried.done(one, ANSWERS_WITHIN)) for one in wish.commands])
    if not container.state.running:
        return Exercise(answers, done, container.state.exit_code)
    if not wish.stop:
        await tried.told_all()
        return Exercise(answers, done)
    heard, in_hand = await _told_to_end(tried, wish)
    return Exercise(answers, done, None, await tried.stop_code() if heard else None, in_hand)


async def _told_to_end(tried: TriedContainer, wish: Wish) -> tuple[bool, Answer | None]:
    """Tell it to end, while it has a request in hand where that is wished: whether it heard, what came of the request.

    Only then is it waited for: while it works on the request it may use no CPU, and would seem to go on.
    """
    if wish.in_hand is None:
        return await tried.told_to_end(), None
    asked = asyncio.create_task(_answer(tried.container, wish.port, wish.in_hand.ask))
    await tried.wrote(wish.in_hand.begins, ANSWERS_WITHIN, asked.done)
    return await tried.told_to_end(), await asked


def _cannot_run(error: EngineError) -> JudgementError:
    return JudgementError(
        f"The image cannot run on this machine: {error.message}.", next_step=error.next_step or "Ask dockyard doctor."
    )


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
