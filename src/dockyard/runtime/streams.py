"""Pipes and sockets as asyncio streams.

Knows nothing about containers. A descriptor that is handed in is closed with its stream.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket

__all__ = ["END_OF_INPUT", "connected", "reading", "writing"]

END_OF_INPUT = b"\x04"  # Ctrl-D, on a terminal


class _UntilNobodyIsThere(asyncio.StreamReaderProtocol):
    """A terminal whose other side is closed says EIO; for a reader that is the end."""

    def connection_lost(self, exc: Exception | None) -> None:
        """End the stream."""
        super().connection_lost(None if isinstance(exc, OSError) and exc.errno == errno.EIO else exc)


async def reading(descriptor: int) -> tuple[asyncio.StreamReader, asyncio.ReadTransport]:
    """The reading end of a pipe, or a terminal."""
    reader = asyncio.StreamReader()
    protocol = _UntilNobodyIsThere(reader)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, os.fdopen(descriptor, "rb"))
    return reader, transport


async def writing(descriptor: int) -> asyncio.StreamWriter:
    """The writing end of a pipe, or a terminal."""
    loop = asyncio.get_running_loop()
    protocol = asyncio.StreamReaderProtocol(asyncio.StreamReader())
    transport, _ = await loop.connect_write_pipe(lambda: protocol, os.fdopen(descriptor, "wb"))
    return asyncio.StreamWriter(transport, protocol, None, loop)


async def connected(descriptor: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connected socket."""
    return await asyncio.open_connection(sock=socket.socket(fileno=descriptor))
