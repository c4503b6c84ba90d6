"""What the engine says about itself, and logging in to a registry.

Knows nothing about images and containers beyond their number.
"""

from __future__ import annotations

import asyncio
import os
import platform
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import dockyard
from dockyard.errors import EngineError
from dockyard.sandbox.engine.daemon import Daemon
from dockyard.sandbox.engine.http import Answer, Request, as_json, members
from dockyard.sandbox.engine.registry import Registry, basic

__all__ = ["API_VERSION", "OLDEST_API_VERSION", "info", "login", "ping", "version"]

#: The newest version that a client here speaks (docker CLI 28); CLI 29 needs 1.44 or newer.
API_VERSION, OLDEST_API_VERSION = "1.50", "1.24"
_VERSION = getattr(dockyard, "__version__", "0.1.0")

_FLAGS = (
    "MemoryLimit SwapLimit CpuCfsQuota CpuCfsPeriod CPUShares CPUSet PidsLimit IPv4Forwarding "
    "BridgeNfIptables BridgeNfIp6tables"
)
_LIMITS: dict[str, Any] = dict.fromkeys(_FLAGS.split(), True)  # without these every `docker info` ends in ten warnings


async def ping(_: Daemon, __: Request, ___: str) -> Answer:
    """Every client's first question. Builder-Version is left out: CLI 20 would take BuildKit for offered."""
    headers = {"Api-Version": API_VERSION, "Docker-Experimental": "false", "Ostype": "linux", "Swarm": "inactive"}
    return Answer(200, b"OK", {**headers, "Cache-Control": "no-cache", "Content-Type": "text/plain; charset=utf-8"})


async def version(_: Daemon, __: Request, ___: str) -> Answer:
    """`docker version`."""
    facts = {"ApiVersion": API_VERSION, "MinAPIVersion": OLDEST_API_VERSION, "Os": "linux", "Arch": _architecture()}
    details = {**facts, "GitCommit": "dockyard", "GoVersion": "none", "KernelVersion": platform.release()}
    component = {"Name": "Engine", "Version": _VERSION, "Details": {**details, "Experimental": "false"}}
    extra = {"Platform": {"Name": "Dockyard simulated engine"}, "Components": [component]}
    return as_json({"Version": _VERSION, **details, "BuildTime": "", **extra})


def _architecture() -> str:
    machine = platform.machine()
    return {"x86_64": "amd64", "aarch64": "arm64"}.get(machine, machine)


async def info(daemon: Daemon, _: Request, __: str) -> Answer:
    """`docker info`."""
    names = {"ID": "dockyard", "Name": "dockyard", "ServerVersion": _VERSION, "KernelVersion": platform.release()}
    drivers = {"Driver": "dockyard", "LoggingDriver": "json-file", "CgroupDriver": "none", "CgroupVersion": "2"}
    plugins: dict[str, Any] = {"Volume": ["local"], "Network": ["bridge"], "Authorization": None, "Log": ["json-file"]}
    registries = {"IndexConfigs": {}, "InsecureRegistryCIDRs": ["127.0.0.0/8"], "Mirrors": []}
    rest: dict[str, Any] = {
        "Plugins": plugins, "RegistryConfig": registries, "IndexServerAddress": "", "Labels": [], "Warnings": None,
        "Swarm": {"LocalNodeState": "inactive"}, "SecurityOptions": [], "DriverStatus": [],
        "DefaultRuntime": "dockyard", "Runtimes": {"dockyard": {"path": "dockyard"}},
        "SystemTime": datetime.now(UTC).isoformat(),
    }  # fmt: skip
    return as_json({**names, **_counted(daemon), **_machine(), **drivers, **rest, **_LIMITS})


def _counted(daemon: Daemon) -> dict[str, int]:
    containers = daemon.known_containers()
    status = Counter(container.state.status for container in containers)
    running, paused = status["running"], status["paused"]
    stopped = {"ContainersPaused": paused, "ContainersStopped": len(containers) - running - paused}
    images = len(daemon.images.table.images)
    return {"Containers": len(containers), "ContainersRunning": running, **stopped, "Images": images}


def _machine() -> dict[str, Any]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    system = {"OperatingSystem": "Dockyard", "OSType": "linux", "Architecture": platform.machine()}
    return {**system, "NCPU": os.cpu_count() or 1, "MemTotal": memory}


async def login(_: Daemon, request: Request, __: str) -> Answer:
    """`docker login`: the registry itself judges the name and password."""
    given = members(await request.read(), "the request's body")
    address = str(given.get("serveraddress") or "")
    registry = Registry(_host(address), basic(str(given.get("username") or ""), str(given.get("password") or "")))
    status = await asyncio.to_thread(registry.ping)
    if status.code == 200:
        return as_json({"Status": "Login Succeeded", "IdentityToken": ""})
    sentence = f"login attempt to http://{registry.host}/v2/ failed with status: {status.code} {status.reason}"
    raise EngineError(sentence, status=401 if status.code == 401 else 500)


def _host(address: str) -> str:
    """`http://127.0.0.1:4566/v2/` or `127.0.0.1:4566` → `127.0.0.1:4566`."""
    return address.removeprefix("https://").removeprefix("http://").partition("/")[0]
