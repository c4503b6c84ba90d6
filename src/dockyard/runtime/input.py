"""What a container's main process is given to read: a pipe, or the keys of its terminal.

Knows nothing about who writes.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress

from dockyard.runtime.streams import END_OF_INPUT, writing

__all__ = ["Input"]


class Input:
    """Input that may begin, and end, before there is anybody to read it."""

    def __init__(self, *, tty: bool) -> None:
        self._tty = tty
        self._writer: asyncio.StreamWriter | None = None
        self._early: list[bytes] = []
        self._over = False

    async def pipe(self) -> int:
        """Open a pipe and return the end that is read from."""
        its, mine = os.pipe()
        self._writer = await writing(mine)
        return its

    async def begin(self, terminals: list[int]) -> None:
        """The process reads: from the pipe, or from this terminal. What came early is passed on."""
        for terminal in terminals:
            self._writer = await writing(terminal)
        early, self._early = self._early, []
        for data in early:
            await self.write(data)
        if self._over:
            self.close()

    async def write(self, data: bytes) -> None:
        """Pass data on, or keep it until the process reads."""
        if self._writer is None:
            self._early.append(data)
            return
        with suppress(ConnectionError):
            self._writer.write(data)
            await self._writer.drain()

    def finish(self) -> None:
        """No more input comes; a terminal gets the key that says so."""
        if self._writer is None:
            self._over = True
            return
        if self._tty:
            self._writer.write(END_OF_INPUT)
        self.close()

    def close(self) -> None:
        """Let go of the writing end."""
        if self._writer is not None:
            self._writer.close()
            self._writer, self._over = None, False
