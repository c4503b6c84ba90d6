"""Work in a thread as a stream of JSON lines: how Docker's build, push and pull tell what they do.

Knows nothing about the work. An error in it becomes the stream's last line, never a traceback.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from dockyard.containers.disk import full_disk
from dockyard.errors import EngineError
from dockyard.sandbox.engine.http import Answer

__all__ = ["Say", "in_lines"]

Say = Callable[[Mapping[str, Any]], None]
_log = logging.getLogger(__name__)


def in_lines(work: Callable[[Say], object]) -> Answer:
    """Start the work, answer 200 at once and stream what it says; it is carried out even if the client goes away."""
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[bytes | None] = asyncio.Queue()

    def say(message: Mapping[str, Any]) -> None:
        loop.call_soon_threadsafe(queue.put_nowait, json.dumps(message).encode() + b"\r\n")

    running = asyncio.ensure_future(asyncio.to_thread(_carry_out, work, say))
    running.add_done_callback(lambda _: queue.put_nowait(None))
    return Answer(200, _lines(queue), {"Content-Type": "application/json"})


async def _lines(queue: asyncio.Queue[bytes | None]) -> AsyncIterator[bytes]:
    while (line := await queue.get()) is not None:
        yield line


def _carry_out(work: Callable[[Say], object], say: Say) -> None:
    try:
        work(say)
    except EngineError as error:
        say(_failed(str(error)))
    except Exception as error:
        if full := full_disk(error):
            _log.warning("work for a client: %s", full)
            say(_failed(str(full)))
            return
        _log.exception("work for a client failed")
        say(_failed(f"the engine failed inside ({type(error).__name__}): a fault of Dockyard, not yours"))


def _failed(message: str) -> Mapping[str, Any]:
    return {"errorDetail": {"message": message}, "error": message}
