"""What a container's processes are and use, now or at its end.

Knows nothing about a container's life: it asks a shim.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any

from dockyard.errors import EngineError
from dockyard.runtime.state import Process, Usage

__all__ = ["Measures"]


class Measures:
    """`ask` gives the shim's answer, or raises EngineError where it is gone; then the last measures stand."""

    def __init__(self, ask: Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]) -> None:
        self._ask = ask
        self.usage = Usage()

    async def take(self) -> None:
        """Measure, and keep it in `usage`."""
        with suppress(EngineError):
            self.usage = Usage(**(await self._ask({"do": "usage"}))["usage"])

    async def processes(self) -> list[Process]:
        """Every process, by its id."""
        return [Process(*row) for row in (await self._ask({"do": "list"}))["processes"]]

    def ended(self, told: Mapping[str, Any]) -> None:
        """Keep what the shim said at the end: nothing is used any more, and the peak stays."""
        peak = max(told.get("memory_peak", 0), self.usage.memory_peak)
        self.usage = Usage(0, peak, told.get("cpu_seconds", 0.0), 0)
