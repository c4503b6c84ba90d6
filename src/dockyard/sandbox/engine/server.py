"""The engine's socket, which accepts connections.

Knows nothing about what is said on them. What answers is loaded for the first client: most starts of a sandbox are
followed by none.
"""

from __future__ import annotations

import asyncio
import functools
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from dockyard.errors import SandboxError

if TYPE_CHECKING:
    from dockyard.containers.images import Images
    from dockyard.runtime.outside import Outside
    from dockyard.sandbox.engine.daemon import Daemon, MakeContainers

__all__ = ["Engine"]

_LONGEST_PATH = 100  # macOS allows 104 bytes, Linux 108


class Engine:
    """A Docker Engine for one account's images and containers on one unix socket (mode 0600).

    `images` is called once, for the first client; the rest is what `Daemon` takes.
    """

    def __init__(
        self,
        path: Path,
        images: Callable[[], Images],
        make_containers: MakeContainers | None = None,
        outside: tuple[Outside, ...] = (),
    ) -> None:
        self._path = path
        self._images = images
        self._make_containers = make_containers
        self._outside = outside
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @functools.cached_property
    def _daemon(self) -> Daemon:
        from dockyard.sandbox.engine.daemon import Daemon

        return Daemon(self._images(), self._make_containers, self._outside)

    @property
    def address(self) -> str:
        """What DOCKER_HOST must say."""
        return f"unix://{self._path}"

    async def start(self) -> None:
        """Serve from now on; SandboxError where the path is too long or somebody serves there already."""
        if len(os.fsencode(self._path)) > _LONGEST_PATH:
            sentence = f"The engine's socket path is longer than {_LONGEST_PATH} bytes: {self._path}."
            raise SandboxError(sentence, next_step="Choose a shorter data folder with --data.")
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._server = await asyncio.start_unix_server(self._accept, sock=_listening(self._path))

    async def stop(self) -> None:
        """Stop serving, end every connection and remove the socket."""
        if self._server is None:
            return
        self._server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()
        self._server = None
        if "_daemon" in self.__dict__:
            await self._daemon.close()
        self._path.unlink(missing_ok=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from dockyard.sandbox.engine.conversation import converse

        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await converse(lambda: self._daemon, reader, writer)
        finally:
            self._tasks.discard(task)


def _listening(path: Path) -> socket.socket:
    """A listening socket that only its owner may use, from its first moment on."""
    _remove_stale(path)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        listening.bind(str(path))
    except OSError as error:
        listening.close()
        raise SandboxError(f"The engine cannot listen on {path}: {error.strerror}.") from error
    finally:
        os.umask(before)
    return listening


def _remove_stale(path: Path) -> None:
    """Remove a socket nobody listens on any more; SandboxError where somebody does."""
    if not path.is_socket():
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            path.unlink(missing_ok=True)
            return
    raise SandboxError(f"Another engine serves on {path}.", next_step="Stop it, or choose another --data folder.")
