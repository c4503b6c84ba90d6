"""Questions to a container: does it listen, what does a path answer, does it work or rest, what did it write last.

Knows nothing about who wants to know or what follows.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import time
from enum import Enum

from dockyard.cloud.network import NO_ANSWER
from dockyard.runtime.container import Container

#: Who asks, as a load balancer's health checks call themselves.
ASKER = "ELB-HealthChecker/2.0"
#: A container that used no CPU for so many real seconds rests; one that starts, or ends, may be starved for a while by
#: a busy machine or a slow disk.
RESTS, STARVED_START, STARVED_END = 1.0, 3.0, 2.0
#: So many last lines are told, each so long.
LINES, LINE = 20, 1000


class Door(Enum):
    """A container's port: open to others, open to the container itself alone, or closed as yet."""

    OPEN, OWN, CLOSED = range(3)


async def door(container: Container, port: int) -> Door:
    """What a connection from outside the container to its port finds."""
    try:
        _, writer = await container.dial(port)
    except OSError as error:
        return Door.OWN if error.errno == errno.EADDRNOTAVAIL else Door.CLOSED
    writer.transport.abort()
    return Door.OPEN


async def listens(container: Container, port: int) -> bool:
    """Whether a connection from outside the container to its port opens."""
    return await door(container, port) is Door.OPEN


async def status_of(container: Container, port: int, path: str, seconds: float) -> int:
    """The HTTP status of a GET, NO_ANSWER where none comes in time. Raises OSError where nobody listens."""
    reader, writer = await container.dial(port)
    request = f"GET {path} HTTP/1.1\r\nHost: {container.hostname}\r\nUser-Agent: {ASKER}\r\nConnection: close\r\n\r\n"
    try:
        with contextlib.suppress(TimeoutError, OSError, ValueError, IndexError):
            async with asyncio.timeout(seconds):
                writer.write(request.encode())
                words = (await reader.readline()).split()
                return int(words[1]) if words[0].startswith(b"HTTP/") else NO_ANSWER
        return NO_ANSWER
    finally:
        writer.transport.abort()


class Work:
    """Whether a container works: uses CPU."""

    def __init__(self, container: Container) -> None:
        self._container = container
        self._used = 0.0
        self._since = time.monotonic()

    async def rests(self, seconds: float = RESTS) -> bool:
        """Whether it has done nothing for so many real seconds."""
        used = (await self._container.usage()).cpu_seconds
        if used > self._used:
            self._used, self._since = used, time.monotonic()
        return time.monotonic() - self._since > seconds


def last_lines(container: Container) -> tuple[str, ...]:
    """The last lines that the container itself wrote."""
    own = [one for one in container.log.read() if one.stream != "dockyard"]
    return tuple(one.data.decode(errors="replace").rstrip("\r\n")[:LINE] for one in own[-LINES:])
