"""A command run in a container beside its main process: `docker exec`, and a health check's probe.

Knows nothing about Docker's API: streams and an exit code.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import struct
import termios
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from dockyard.runtime.shim import Shim
from dockyard.runtime.streams import END_OF_INPUT, reading, writing

__all__ = ["Exec", "Execs", "NotExecutableError"]


class NotExecutableError(OSError):
    """The command could not be executed: ENOENT (Docker's 127), EACCES (126) and the like."""


class Exec:
    """A running command: `stdout` and `stderr` to read, `write` to its input, `wait` for its exit code."""

    def __init__(self, shim: Shim, name: str) -> None:
        self.name = name
        self.pid = 0
        self.exit_code: int | None = None
        self.stdout = asyncio.StreamReader()
        self.stderr = asyncio.StreamReader()
        self._shim = shim
        self._stdin: asyncio.StreamWriter | None = None
        self._terminal = -1
        self._transports: list[asyncio.ReadTransport] = []
        self._ended = asyncio.Event()

    async def start(
        self, command: Sequence[str], environment: Mapping[str, str], folder: str, *, stdin_open: bool, tty: bool
    ) -> None:
        """Run it; NotExecutableError where the container has no such command."""
        streams = () if tty else await self._open(stdin_open=stdin_open)
        order = {"do": "exec", "name": self.name, "command": list(command), "environment": dict(environment)}
        told = await self._shim.ask({**order, "folder": folder, "tty": tty}, streams)
        if tty:
            await self._take(told["descriptors"][0])
        if told["errno"]:
            raise NotExecutableError(told["errno"], os.strerror(told["errno"]), command[0])
        self.pid = told["pid"]

    async def _open(self, *, stdin_open: bool) -> tuple[int, int, int]:
        stdin = os.open(os.devnull, os.O_RDONLY)
        if stdin_open:
            os.close(stdin)
            stdin, mine = os.pipe()
            self._stdin = await writing(mine)
        ends = [stdin]
        for name in ("stdout", "stderr"):
            mine, its = os.pipe()
            reader, transport = await reading(mine)
            setattr(self, name, reader)
            self._transports.append(transport)
            ends.append(its)
        return ends[0], ends[1], ends[2]

    async def _take(self, terminal: int) -> None:
        """Its terminal: read here, written there, and kept for its size."""
        self._terminal = os.dup(terminal)
        self._stdin = await writing(os.dup(terminal))
        self.stdout, transport = await reading(terminal)
        self.stderr.feed_eof()
        self._transports.append(transport)

    async def write(self, data: bytes) -> None:
        """Give it input; nothing where its input is closed."""
        if self._stdin is not None:
            with suppress(ConnectionError):
                self._stdin.write(data)
                await self._stdin.drain()

    def close_stdin(self) -> None:
        """No more input comes; a terminal gets the key that says so."""
        if self._stdin is not None:
            if self._terminal >= 0:
                self._stdin.write(END_OF_INPUT)
            self._stdin.close()
            self._stdin = None

    async def wait(self) -> int:
        """Its exit code, once it has ended."""
        await self._ended.wait()
        assert self.exit_code is not None
        return self.exit_code

    def kill(self) -> None:
        """End it."""
        self._shim.tell({"do": "end", "name": self.name})

    def resize(self, height: int, width: int) -> None:
        """Its terminal's size, in characters."""
        if self._terminal >= 0:
            fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def end(self, exit_code: int) -> None:
        """It has ended; only its container calls this. What it printed can still be read."""
        self.exit_code = exit_code
        if self._terminal < 0:
            self.close_stdin()
        self._ended.set()

    def close(self) -> None:
        """Let its streams go."""
        self.close_stdin()
        for transport in self._transports:
            transport.close()
        if self._terminal >= 0:
            os.close(self._terminal)
            self._terminal = -1


class Execs:
    """The commands that run beside one main process."""

    def __init__(self) -> None:
        self._running: dict[str, Exec] = {}

    async def start(self, shim: Shim, spoken: Mapping[str, Any], *, stdin_open: bool, tty: bool) -> Exec:
        """Run one; NotExecutableError, ConnectionResetError where the container ends meanwhile."""
        running = Exec(shim, shim.name())
        self._running[running.name] = running
        try:
            await running.start(**spoken, stdin_open=stdin_open, tty=tty)
        except BaseException:
            self._running.pop(running.name, None)
            running.kill()  # it may have begun, and nobody waits for it any more
            running.close()
            raise
        return running

    def ended(self, name: str, exit_code: int) -> None:
        """One of them has ended."""
        if running := self._running.pop(name, None):
            running.end(exit_code)

    def end_all(self) -> None:
        """All of them were killed."""
        for running in self._running.values():
            running.end(137)
        self._running.clear()
