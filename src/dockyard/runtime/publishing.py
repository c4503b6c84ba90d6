"""Published ports: a listener on the host whose connections are carried to a container's own port.

Knows nothing about HTTP.
"""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import replace

from dockyard.errors import EngineError
from dockyard.runtime.streams import connected
from dockyard.runtime.wanted import Published

__all__ = ["Publishing"]

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
_CHUNK = 1 << 16


class Publishing:
    """The published ports of one running container."""

    def __init__(self, dial: Callable[[int], Awaitable[Streams]]) -> None:
        self._dial = dial
        self._servers: list[asyncio.Server] = []
        self._carrying: set[asyncio.Task[None]] = set()

    async def open(self, ports: Iterable[Published]) -> tuple[Published, ...]:
        """Listen, and say which host ports it became; EngineError 500 in Docker's words where one is taken."""
        opened = []
        for port in ports:
            server = await self._listen(port)
            self._servers.append(server)
            opened.append(replace(port, host_port=server.sockets[0].getsockname()[1]))
        return tuple(opened)

    async def _listen(self, port: Published) -> asyncio.Server:
        async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            # cut off at the container's end; asyncio would print that as an error
            with suppress(asyncio.CancelledError):
                await self._carry(reader, writer, self._dial(port.container_port))

        try:
            return await asyncio.start_server(carry, port.host_address, port.host_port)
        except OSError as error:
            self.shut()
            where = f"{port.host_address}:{port.host_port}"
            why = "port is already allocated" if error.errno == errno.EADDRINUSE else str(error.strerror)
            raise EngineError(
                f"driver failed programming external connectivity on endpoint: Bind for {where} failed: {why}",
                status=500,
                next_step="Publish another port, or stop what listens there.",
            ) from error

    async def carry_out(self, descriptor: int, port: int) -> None:
        """Carry a connection that a container opened to a port of the host's loopback."""
        reader, writer = await connected(descriptor)
        await self._carry(reader, writer, asyncio.open_connection("127.0.0.1", port))

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, to: Awaitable[Streams]) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._carrying.add(task)
        try:
            its_reader, its_writer = await to
            try:
                await asyncio.gather(_pass_on(reader, its_writer), _pass_on(its_reader, writer))
            finally:
                its_writer.close()
        except OSError:
            writer.transport.abort()  # as Docker's proxy: the connection stood, and is reset
        finally:
            writer.close()
            self._carrying.discard(task)

    def shut(self) -> None:
        """Listen no more, and let go of what is carried."""
        for server in self._servers:
            server.close()
        self._servers.clear()
        for task in list(self._carrying):
            task.cancel()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(_CHUNK):
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
