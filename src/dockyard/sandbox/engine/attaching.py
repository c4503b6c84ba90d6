"""`docker attach` and the terminal of `docker run`: the connection carries what goes in and comes out.

Knows nothing about how a container is started: a client attaches before that.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from dockyard.runtime.container import Container
from dockyard.runtime.log import Record
from dockyard.sandbox.engine.daemon import Daemon
from dockyard.sandbox.engine.frames import content_type, framed
from dockyard.sandbox.engine.http import Request, Takeover, Wire

__all__ = ["attach"]

#: Seconds in which a removed container's last lines must be sent.
_LAST_WORDS = 2.0


async def attach(daemon: Daemon, request: Request, name: str) -> Takeover:
    """Take the connection over; with `logs` what was printed before comes first."""
    container = daemon.containers.find(name)
    stdin = request.wants("stdin") and request.wants("stream") and container.wanted.stdin_open
    batches = container.log.batches(
        stdout=request.wants("stdout"),
        stderr=request.wants("stderr"),
        start=0 if request.wants("logs") else container.log.size,
        goes_on=request.wants("stream"),
        from_birth=container.state.status == "created",
    )

    async def serve(wire: Wire) -> None:
        showing = asyncio.ensure_future(_show(container, batches, wire))
        feeding = asyncio.ensure_future(_feed(container, wire, stdin))
        gone = asyncio.ensure_future(container.wait("removed"))
        try:
            await asyncio.wait((showing, gone), return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait((showing,), timeout=_LAST_WORDS if gone.done() else 0)
        finally:
            for task in (showing, feeding, gone):
                task.cancel()

    return Takeover(serve, content_type(container.wanted.tty))


async def _show(container: Container, batches: AsyncIterator[list[Record]], wire: Wire) -> None:
    """Send what it prints until it ends or the client goes."""
    with suppress(ConnectionError):
        async for records in batches:
            await wire.send(b"".join(framed(each.stream, each.data, container.wanted.tty) for each in records))


async def _feed(container: Container, wire: Wire, stdin: bool) -> None:
    """Hand the client's input over; the end of it ends the container's."""
    with suppress(ConnectionError):
        while data := await wire.read():
            if stdin:
                await container.write(data)
        if stdin:
            container.close_stdin()
