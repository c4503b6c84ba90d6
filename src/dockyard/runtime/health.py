"""A container's health check, asked again and again while it runs.

Knows nothing about how a probe is run: it is given a function, and tells the state that follows.
See Docker's reference for HEALTHCHECK.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace

from dockyard.runtime.state import Probe, State
from dockyard.runtime.wanted import HealthCheck

__all__ = ["judged", "watch"]

_KEPT = 5


def judged(state: State, probe: Probe, check: HealthCheck) -> State:
    """The state after one more probe; a failure in the start period counts only once it was healthy."""
    probes = (*state.probes, probe)[-_KEPT:]
    if probe.exit_code == 0:
        return replace(state, health="healthy", failing_streak=0, probes=probes)
    if state.health == "starting" and probe.started_at - state.started_at < check.start_period:
        return replace(state, probes=probes)
    streak = state.failing_streak + 1
    health = "unhealthy" if streak >= check.retries else state.health
    return replace(state, health=health, failing_streak=streak, probes=probes)


async def watch(
    check: HealthCheck, probe: Callable[[], Awaitable[tuple[int, str]]], tell: Callable[[Probe], None]
) -> None:
    """Probe after each interval, for ever; -1 and a sentence stand for a probe that took too long, as in Docker."""
    while True:
        await asyncio.sleep(check.interval)
        began = time.time()
        try:
            async with asyncio.timeout(check.timeout):
                code, output = await probe()
        except TimeoutError:
            code, output = -1, f"Health check exceeded timeout ({check.timeout:g}s)"
        tell(Probe(began, time.time(), code, output[:4096]))
