"""A container's health check, asked again and again while it runs.

Knows nothing about a container's life: it is given a way to run a command, and tells what each probe has shown.
See Docker's reference for HEALTHCHECK.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from dockyard.errors import EngineError
from dockyard.runtime.execution import Exec, NotExecutableError
from dockyard.runtime.refusals import not_started
from dockyard.runtime.state import Probe, State
from dockyard.runtime.wanted import HealthCheck

__all__ = ["Health", "judged"]

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


class Health:
    """The asking. `run` starts a command in the container, `tell` hears each probe."""

    def __init__(
        self,
        check: HealthCheck | None,
        run: Callable[[Sequence[str]], Awaitable[Exec]],
        tell: Callable[[Probe, HealthCheck], None],
    ) -> None:
        self._check = check
        self._run = run
        self._tell = tell
        self._asking: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Ask from now on, after each interval; nothing where there is no health check."""
        if self._check is not None:
            self._asking = asyncio.create_task(self._ask(self._check))

    def end(self) -> None:
        """Ask no more."""
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None

    async def _ask(self, check: HealthCheck) -> None:
        """Probe for ever; -1 and a sentence stand for a probe that took too long, as in Docker."""
        while True:
            await asyncio.sleep(check.interval)
            began = time.time()
            try:
                async with asyncio.timeout(check.timeout):
                    code, output = await self._probe(check.command)
            except TimeoutError:
                code, output = -1, f"Health check exceeded timeout ({check.timeout:g}s)"
            self._tell(Probe(began, time.time(), code, output[:4096]), check)

    async def _probe(self, command: Sequence[str]) -> tuple[int, str]:
        try:
            running = await self._run(command)
        except NotExecutableError as error:
            return -1, not_started(command[0], error.errno or 0).message
        except EngineError as error:  # it is just ending
            return -1, error.message
        try:
            out, wrong = await asyncio.gather(running.stdout.read(), running.stderr.read())
            return await running.wait(), (out + wrong).decode(errors="replace")
        finally:
            if running.exit_code is None:
                running.kill()
            running.close()
