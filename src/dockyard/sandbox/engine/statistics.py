"""What a container's processes are and use: `docker top`, `docker stats`.

Knows nothing about how it is measured.
See the Docker Engine API, ContainerTop and ContainerStats.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from dockyard.errors import EngineError
from dockyard.runtime.container import Container
from dockyard.runtime.state import Process, Usage
from dockyard.sandbox.engine.daemon import Daemon
from dockyard.sandbox.engine.http import Answer, Request, as_json
from dockyard.sandbox.engine.moments import NEVER, written

__all__ = ["stats", "top"]

_TITLES = ["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"]
_NANOSECONDS = 1_000_000_000
_EVERY = 1.0  # seconds between two measurements, as Docker's engine has it


async def top(daemon: Daemon, request: Request, name: str) -> Answer:
    """`docker top`: every process, as `ps -ef` shows it."""
    if request.first("ps_args") not in ("", "-ef", "aux"):
        raise EngineError(
            "options of docker top are not offered by this engine: docker exec CONTAINER ps, where its image has ps",
            status=501,
        )
    container = daemon.containers.find(name)
    rows = [_row(container, each) for each in await container.processes()]
    return as_json({"Titles": _TITLES, "Processes": rows})


def _row(container: Container, process: Process) -> list[str]:
    seconds, lived = int(process.cpu_seconds), max(time.time() - process.started_at, 1)
    began = datetime.fromtimestamp(process.started_at).strftime("%H:%M")
    took = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    busy = str(int(100 * process.cpu_seconds / lived))
    user = container.order.user.partition(":")[0] or "root"
    return [user, str(process.identifier), str(process.parent), busy, began, "?", took, process.command]


async def stats(daemon: Daemon, request: Request, name: str) -> Answer:
    """`docker stats`: once, or as a stream with a line each second until the client goes."""
    container = daemon.containers.find(name)
    once = request.first("stream", "1").lower() in ("0", "false")
    if once and not request.wants("one-shot") and container.state.running:
        before = await _measured(container)
        await asyncio.sleep(_EVERY)
        return as_json(_shape(container, await _measured(container), before))
    if once:
        return as_json(_shape(container, await _measured(container), {}))
    return Answer(200, _lines(daemon, container), {"Content-Type": "application/json"}, follows=True)


async def _lines(daemon: Daemon, container: Container) -> AsyncIterator[bytes]:
    before: dict[str, Any] = {}
    while container in daemon.containers.all():
        now = await _measured(container)
        yield as_json(_shape(container, now, before)).body  # type: ignore[misc]
        before = now
        await asyncio.sleep(_EVERY)


async def _measured(container: Container) -> dict[str, Any]:
    """One measurement; nothing of a container that does not run."""
    if not container.state.running:
        return {}
    return {"usage": await container.usage(), "moment": time.time(), "clock": time.monotonic_ns()}


def _shape(container: Container, now: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    used: Usage = now.get("usage", Usage())
    memory = {"usage": used.memory, "max_usage": used.memory_peak, "stats": {}, "limit": _limit(container)}
    return {
        "id": container.id, "name": f"/{container.name}", "num_procs": 0, "storage_stats": {}, "networks": {},
        "read": written(now["moment"]) if now else NEVER, "preread": written(before["moment"]) if before else NEVER,
        "pids_stats": {"current": used.processes} if now else {}, "cpu_stats": _cpu(now), "precpu_stats": _cpu(before),
        "memory_stats": memory if now else {}, "blkio_stats": {"io_service_bytes_recursive": []},
    }  # fmt: skip


def _cpu(measured: dict[str, Any]) -> dict[str, Any]:
    """CPU in nanoseconds, of the container and of all processors together, as clients divide them."""
    processors = os.cpu_count() or 1
    total = int(measured["usage"].cpu_seconds * _NANOSECONDS) if measured else 0
    usage = {"total_usage": total, "usage_in_kernelmode": 0, "usage_in_usermode": total}
    throttled = {"periods": 0, "throttled_periods": 0, "throttled_time": 0}
    shape: dict[str, Any] = {"cpu_usage": usage, "throttling_data": throttled}
    if measured:
        shape |= {"system_cpu_usage": measured["clock"] * processors, "online_cpus": processors}
    return shape


def _limit(container: Container) -> int:
    return container.wanted.memory or os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
