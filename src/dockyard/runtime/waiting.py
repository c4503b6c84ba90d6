"""Who waits for a container's end: for its next exit, or for its removal.

Knows nothing about processes.
"""

from __future__ import annotations

import asyncio

__all__ = ["Waiting"]


class Waiting:
    """Those who wait, by what for: `next-exit` or `removed`."""

    def __init__(self) -> None:
        self._futures: dict[str, list[asyncio.Future[int]]] = {"next-exit": [], "removed": []}

    def expect(self, condition: str) -> asyncio.Future[int]:
        """A future that becomes the exit code."""
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._futures[condition].append(future)
        return future

    def came(self, condition: str, exit_code: int) -> None:
        """Tell everybody who waits for it."""
        waiting, self._futures[condition] = self._futures[condition], []
        for future in waiting:
            if not future.done():
                future.set_result(exit_code)
