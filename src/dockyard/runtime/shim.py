"""A container's shim as the sandbox sees it: started, told what to do, listened to.

Knows nothing about images, users or isolation: it is given the command line that puts a shim where it belongs.
"""

from __future__ import annotations

import asyncio
import compileall
import itertools
import os
import socket
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from dockyard.runtime.inside.channel import Channel

__all__ = ["SHIM_FOLDER", "Shim", "compile_shim", "shim_command"]

SHIM_FOLDER = Path(__file__).with_name("inside")
_START = "import sys; sys.path.append({!r}); from inside.shim import main; main()"
_NOTHING = subprocess.DEVNULL


def shim_command(interpreter: str, folder: str) -> list[str]:
    """How an interpreter runs the shim whose package `inside` lies in `folder`; its arguments follow."""
    return [interpreter, "-I", "-S", "-c", _START.format(folder)]


def compile_shim() -> None:
    """Write the shim's bytecode, which nobody can in a container; where that is forbidden, each start compiles it."""
    compileall.compile_dir(SHIM_FOLDER, quiet=2)


class Shim:
    """A running shim. `on_event` hears what it tells by itself: log, exited, and gone when it is no more.

    An end waits until `believed`: a command may have ended before whoever started it was told that it runs.
    """

    def __init__(self, on_event: Callable[[dict[str, Any]], None]) -> None:
        self._on_event = on_event
        self._names = itertools.count(1)
        self._asked: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._channel: Channel | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._writing = False
        self._early: list[dict[str, Any]] | None = []

    def launch(self, command: Sequence[str], ports: str, errors: Path, keep: Sequence[int] = ()) -> int:
        """Start it with an empty environment and return its process id.

        What it says of failures goes to the file `errors`; `keep` are descriptors it inherits too.
        """
        _leave_groups()
        mine, its = socket.socketpair()
        with its, errors.open("wb") as said:
            self._process = subprocess.Popen(
                [*command, str(its.fileno()), ports], env={}, cwd="/", pass_fds=(its.fileno(), *keep),
                stdin=_NOTHING, stdout=_NOTHING, stderr=said, start_new_session=True,
            )  # fmt: skip
        self._channel = Channel(mine)
        asyncio.get_running_loop().add_reader(mine.fileno(), self._hear)
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it can be asked."""
        return self._channel is not None

    def tell(self, message: dict[str, Any], descriptors: tuple[int, ...] = ()) -> None:
        """Tell it something that has no answer."""
        if self._channel is None:
            for descriptor in descriptors:
                os.close(descriptor)
            return
        self._channel.send(message, descriptors)
        self._write_on()

    async def ask(self, message: dict[str, Any], descriptors: tuple[int, ...] = ()) -> dict[str, Any]:
        """Tell it something and wait for its answer; ConnectionResetError where it is gone."""
        name = message.setdefault("name", "" if message["do"] == "start" else str(next(self._names)))
        self.tell(message, descriptors)
        if self._channel is None:
            raise ConnectionResetError("the container is not running")
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._asked[name] = future
        return await future

    def name(self) -> str:
        """A name for something new."""
        return f"exec{next(self._names)}"

    def _write_on(self) -> None:
        """Come back when the socket takes more; only a shim that hangs lets it come to that."""
        assert self._channel is not None
        loop = asyncio.get_running_loop()
        if self._channel.waiting and not self._writing:
            self._writing = True
            loop.add_writer(self._channel.fileno(), self._flush)

    def _flush(self) -> None:
        assert self._channel is not None
        self._channel.flush()
        if not self._channel.waiting:
            self._writing = False
            asyncio.get_running_loop().remove_writer(self._channel.fileno())

    def _hear(self) -> None:
        assert self._channel is not None
        try:
            messages = self._channel.receive()
        except EOFError:
            self._gone()
            return
        for message in messages:
            future = self._asked.pop(message.get("name", ""), None) if message["told"] in _ANSWERS else None
            if future is None:
                self._unasked(message)
            elif future.cancelled():
                _close(message)
            else:
                future.set_result(message)

    def _unasked(self, message: dict[str, Any]) -> None:
        if message["told"] in _ANSWERS:
            _close(message)
        else:
            self._pass_on(message)

    def _pass_on(self, message: dict[str, Any]) -> None:
        if self._early is not None and message["told"] in _ENDS:
            self._early.append(message)
        else:
            self._on_event(message)

    def believed(self) -> None:
        """What it says of an end is heard from now on, and what it said before."""
        early, self._early = self._early or [], None
        for message in early:
            self._on_event(message)

    def _gone(self) -> None:
        self.close()
        self._pass_on({"told": "gone"})

    def close(self) -> None:
        """Let go of it; where it lives, it ends everything and itself."""
        if self._channel is None:
            return
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._channel.fileno())
        loop.remove_writer(self._channel.fileno())
        self._channel.close()
        self._channel = None
        for future in self._asked.values():
            if not future.done():
                future.set_exception(ConnectionResetError("the container has ended"))
                future.exception()  # who asked may be cancelled in this very moment; then nobody has to hear of it
        self._asked.clear()

    async def ended(self) -> None:
        """Wait until its process is gone, and with it all that it started."""
        if self._process is not None:
            await asyncio.to_thread(self._process.wait)


def _leave_groups() -> None:
    """Let no container have a further group of root's: left here, once, for Popen would fork all of us to do it."""
    if os.geteuid() == 0 and os.getgroups():
        os.setgroups([])


_ENDS = frozenset(("exited", "gone"))
_ANSWERS = frozenset(("started", "dialled", "usage", "paused", "listed", "signalled"))


def _close(message: dict[str, Any]) -> None:
    for descriptor in message["descriptors"]:
        os.close(descriptor)
