"""Pipes and sockets as asyncio streams.

Knows nothing about containers. A descriptor that is handed in is closed with its stream.
"""

from __future__ import annotations

import asyncio
import os
import socket

__all__ = ["connected", "reading", "writing"]


async def reading(descriptor: int) -> tuple[asyncio.StreamReader, asyncio.ReadTransport]:
    """The reading end of a pipe."""
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, os.fdopen(descriptor, "rb"))
    return reader, transport


async def writing(descriptor: int) -> asyncio.StreamWriter:
    """The writing end of a pipe."""
    loop = asyncio.get_running_loop()
    protocol = asyncio.StreamReaderProtocol(asyncio.StreamReader())
    transport, _ = await loop.connect_write_pipe(lambda: protocol, os.fdopen(descriptor, "wb"))
    return asyncio.StreamWriter(transport, protocol, None, loop)


async def connected(descriptor: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connected socket."""
    return await asyncio.open_connection(sock=socket.socket(fileno=descriptor))
