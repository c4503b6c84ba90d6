"""What a container's shim is asked while the container runs, and the refusal where it has just ended.

Knows nothing about a container's life.
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Any

from dockyard.runtime.refusals import Named, not_running
from dockyard.runtime.streams import connected

if TYPE_CHECKING:
    from dockyard.runtime.publishing import Streams
    from dockyard.runtime.shim import Shim

__all__ = ["answered", "dialled"]


async def answered(container: Named, shim: Shim, message: dict[str, Any]) -> dict[str, Any]:
    """The shim's answer; 409 where the container has just ended."""
    try:
        return await shim.ask(message)
    except ConnectionResetError as error:
        raise not_running(container, "") from error


async def dialled(container: Named, shim: Shim, port: int) -> Streams:
    """A connection to what listens on a port; ConnectionRefusedError where nothing does."""
    try:
        told = await shim.ask({"do": "dial", "port": port})
    except ConnectionResetError as error:
        raise ConnectionRefusedError(errno.ECONNREFUSED, f"container {container.name} is not running") from error
    if told["errno"]:
        raise ConnectionRefusedError(told["errno"], f"container {container.name}: nothing answers on port {port}")
    return await connected(told["descriptors"][0])
