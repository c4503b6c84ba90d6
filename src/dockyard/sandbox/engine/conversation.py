"""What is said on one connection: each request is handed to the routes, and no client is ever shown a traceback.

Knows nothing about what is asked. Headers are not logged: X-Registry-Auth and X-Registry-Config hold passwords.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import h11

from dockyard.containers.disk import full_disk
from dockyard.errors import EngineError
from dockyard.sandbox.engine.daemon import Daemon
from dockyard.sandbox.engine.http import Answer, Connection, Request, Takeover, as_message
from dockyard.sandbox.engine.routes import dispatch

__all__ = ["converse"]

Ask = Callable[[], Daemon]
_log = logging.getLogger(__name__)


async def converse(daemon: Ask, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer a client until it goes. `daemon` is asked at each request: the first may have to make it."""
    connection = Connection(reader, writer)
    try:
        await _serve(daemon, connection)
    except (ConnectionError, h11.LocalProtocolError, asyncio.CancelledError):
        _log.debug("a client went away")
    finally:
        await connection.close()


async def _serve(daemon: Ask, connection: Connection) -> None:
    """Answer one request after another until the client goes or one of them cannot be read."""
    try:
        while (request := await connection.request()) is not None:
            answer = await _answer(daemon, request)
            if isinstance(answer, Takeover):
                await connection.take_over(answer, request.headers.get("upgrade", ""))
                return
            await connection.answer(answer, request.method)
            if not await connection.ready_for_next():
                return
    except h11.RemoteProtocolError as error:
        if not connection.answered:
            await connection.answer(as_message(400, f"the request is not HTTP/1.1: {error}"), "GET")


async def _answer(daemon: Ask, request: Request) -> Answer | Takeover:
    try:
        return await dispatch(daemon(), request)
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
