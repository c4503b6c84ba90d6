"""What the engine says about itself, and logging in to a registry.

Knows nothing about images beyond their number.
"""

from __future__ import annotations

import asyncio
import platform
from typing import Any

import dockyard
from dockyard.containers.images import Images
from dockyard.errors import EngineError
from dockyard.sandbox.engine.http import Answer, Request, as_json, members
from dockyard.sandbox.engine.registry import Registry, basic

__all__ = ["info", "login", "no_containers", "ping", "version"]

API_VERSION, OLDEST_API_VERSION = "1.41", "1.24"
_VERSION = getattr(dockyard, "__version__", "0.1.0")

_FLAGS = (
    "MemoryLimit SwapLimit CpuCfsQuota CpuCfsPeriod CPUShares CPUSet PidsLimit IPv4Forwarding "
    "BridgeNfIptables BridgeNfIp6tables"
)
_LIMITS: dict[str, Any] = dict.fromkeys(_FLAGS.split(), True)  # without these every `docker info` ends in ten warnings


async def ping(_: Images, __: Request, ___: str) -> Answer:
    """Every client's first question. Builder-Version is left out: CLI 20 would take BuildKit for offered."""
    headers = {"Api-Version": API_VERSION, "Docker-Experimental": "false", "Ostype": "linux"}
    return Answer(200, b"OK", {**headers, "Cache-Control": "no-cache", "Content-Type": "text/plain; charset=utf-8"})


async def version(_: Images, __: Request, ___: str) -> Answer:
    """`docker version`."""
    facts = {"ApiVersion": API_VERSION, "MinAPIVersion": OLDEST_API_VERSION, "Os": "linux", "Arch": "amd64"}
    details = {**facts, "GitCommit": "dockyard", "GoVersion": "none", "KernelVersion": platform.release()}
    component = {"Name": "Engine", "Version": _VERSION, "Details": {**details, "Experimental": "false"}}
    extra = {"Platform": {"Name": "Dockyard simulated engine"}, "Components": [component]}
    return as_json({"Version": _VERSION, **details, "BuildTime": "", **extra})


async def info(held: Images, _: Request, __: str) -> Answer:
    """`docker info`."""
    none = {"Containers": 0, "ContainersRunning": 0, "ContainersPaused": 0, "ContainersStopped": 0}
    machine = {"OperatingSystem": "Dockyard", "OSType": "linux", "Architecture": "x86_64", "NCPU": 1, "MemTotal": 0}
    drivers = {"Driver": "dockyard", "LoggingDriver": "json-file", "CgroupDriver": "none", "CgroupVersion": "2"}
    plugins: dict[str, Any] = {"Volume": [], "Network": [], "Authorization": None, "Log": []}
    names = {"ID": "dockyard", "Name": "dockyard", "ServerVersion": _VERSION, "KernelVersion": platform.release()}
    registries = {"IndexConfigs": {}, "InsecureRegistryCIDRs": ["127.0.0.0/8"], "Mirrors": []}
    rest: dict[str, Any] = {
        "Plugins": plugins,
        "RegistryConfig": registries,
        "IndexServerAddress": "",
        "Labels": [],
        "Warnings": None,
    }
    swarm = {
        "Swarm": {"LocalNodeState": "inactive"},
        "Runtimes": {},
        "SecurityOptions": [],
        "DriverStatus": [],
        **_LIMITS,
    }
    return as_json({**names, **none, "Images": len(held.table.images), **machine, **drivers, **rest, **swarm})


async def no_containers(_: Images, __: Request, ___: str) -> Answer:
    """`docker ps`: none run here yet."""
    return as_json([])


async def login(_: Images, request: Request, __: str) -> Answer:
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
