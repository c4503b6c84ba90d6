"""The engine's socket: accepts connections, hands requests to the routes, and never shows a client a traceback.

Knows nothing about what is asked. Headers are not logged: X-Registry-Auth and X-Registry-Config hold passwords.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import h11

from dockyard.containers.disk import full_disk
from dockyard.containers.images import Images
from dockyard.errors import EngineError, SandboxError
from dockyard.sandbox.engine.daemon import Daemon, MakeContainers
from dockyard.sandbox.engine.http import Answer, Connection, Request, Takeover, as_message

if TYPE_CHECKING:
    from dockyard.runtime.wanted import Outside

__all__ = ["Engine"]

_LONGEST_PATH = 100  # macOS allows 104 bytes, Linux 108
_log = logging.getLogger(__name__)


class Engine:
    """A Docker Engine for one account's images and containers on one unix socket (mode 0600)."""

    def __init__(
        self,
        path: Path,
        images: Images,
        make_containers: MakeContainers | None = None,
        outside: tuple[Outside, ...] = (),
    ) -> None:
        self._path = path
        self._daemon = Daemon(images, make_containers, outside)
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

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
        await self._daemon.close()
        self._path.unlink(missing_ok=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        connection = Connection(reader, writer)
        try:
            await self._serve(connection)
        except (ConnectionError, h11.LocalProtocolError, asyncio.CancelledError):
            _log.debug("a client went away")
        finally:
            self._tasks.discard(task)
            await connection.close()

    async def _serve(self, connection: Connection) -> None:
        """Answer one request after another until the client goes or one of them cannot be read."""
        try:
            while (request := await connection.request()) is not None:
                answer = await self._answer(request)
                if isinstance(answer, Takeover):
                    await connection.take_over(answer, request.headers.get("upgrade", ""))
                    return
                await connection.answer(answer, request.method)
                if not await connection.ready_for_next():
                    return
        except h11.RemoteProtocolError as error:
            if not connection.answered:
                await connection.answer(as_message(400, f"the request is not HTTP/1.1: {error}"), "GET")

    async def _answer(self, request: Request) -> Answer | Takeover:
        try:
            # Loaded by the first request: most starts of a sandbox are not followed by one.
            from dockyard.sandbox.engine.routes import dispatch

            return await dispatch(self._daemon, request)
        except EngineError as error:
            return as_message(error.status, str(error))
        except h11.RemoteProtocolError:
            raise
        except ValueError as error:
            return as_message(400, f"the request cannot be read: {error}")
        except Exception as error:
            if full := full_disk(error):
                _log.warning("%s %s: %s", request.method, request.path, full)
                return as_message(full.status, str(full))
            _log.exception("%s %s failed", request.method, request.path)
            return as_message(500, f"the engine failed inside ({type(error).__name__}): a fault of Dockyard, not yours")


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
