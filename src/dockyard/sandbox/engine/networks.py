"""The networks that clients ask for by name: bridge, on which every container is; host and none.

Knows nothing about sockets: this machine's loopback carries all of it.
"""

from __future__ import annotations

import hashlib
from typing import Any

from dockyard.errors import EngineError
from dockyard.sandbox.engine.daemon import Daemon
from dockyard.sandbox.engine.filters import Filters
from dockyard.sandbox.engine.http import Answer, Request, as_json
from dockyard.sandbox.engine.moments import NEVER

__all__ = ["BRIDGE", "inspected", "listed", "not_offered", "pruned", "removed"]

_DRIVERS = {"bridge": "bridge", "host": "host", "none": "null"}


def _identifier(name: str) -> str:
    return hashlib.sha256(f"dockyard network {name}".encode()).hexdigest()


BRIDGE = _identifier("bridge")


def _shape(daemon: Daemon, name: str) -> dict[str, Any]:
    running = [each for each in daemon.known_containers() if each.state.running] if name == "bridge" else []
    return {
        "Name": name, "Id": _identifier(name), "Created": NEVER, "Scope": "local", "Driver": _DRIVERS[name],
        "EnableIPv4": True, "EnableIPv6": False, "IPAM": {"Driver": "default", "Options": None, "Config": []},
        "Internal": False, "Attachable": False, "Ingress": False, "ConfigFrom": {"Network": ""}, "ConfigOnly": False,
        "Containers": {each.id: _member(each.name) for each in running}, "Options": {}, "Labels": {},
    }  # fmt: skip


def _member(name: str) -> dict[str, str]:
    return {"Name": name, "EndpointID": "", "MacAddress": "", "IPv4Address": "", "IPv6Address": ""}


async def listed(daemon: Daemon, request: Request, _: str) -> Answer:
    """`docker network ls`."""
    filters = Filters(request, "dangling driver id label name scope type")
    shapes = [_shape(daemon, name) for name in _DRIVERS]
    return as_json([shape for shape in shapes if _fits(shape, filters)])


def _fits(shape: dict[str, Any], filters: Filters) -> bool:
    texts = {"name": shape["Name"], "id": shape["Id"]}
    parts = all(not filters.of(key) or any(each in text for each in filters.of(key)) for key, text in texts.items())
    same = {"driver": shape["Driver"], "scope": "local", "type": "builtin"}
    whole = all(not filters.of(key) or value in filters.of(key) for key, value in same.items())
    return parts and whole and filters.labels_fit({}) and not filters.truth("dangling")


def _name(reference: str) -> str:
    found = [name for name in _DRIVERS if reference and (reference == name or _identifier(name).startswith(reference))]
    if len(found) != 1:
        raise EngineError(f"network {reference} not found", status=404)
    return found[0]


async def inspected(daemon: Daemon, _: Request, reference: str) -> Answer:
    """`docker network inspect`."""
    return as_json(_shape(daemon, _name(reference)))


async def removed(_: Daemon, __: Request, reference: str) -> Answer:
    """`docker network rm`."""
    name = _name(reference)
    raise EngineError(f"{name} is a pre-defined network and cannot be removed", status=403)


async def pruned(_: Daemon, __: Request, ___: str) -> Answer:
    """`docker network prune`: there is none to take away."""
    return as_json({"NetworksDeleted": None})


async def not_offered(_: Daemon, __: Request, ___: str) -> Answer:
    """`docker network create`, `connect` and `disconnect`."""
    sentence = "networks are not made by this engine: it has one, bridge; share a loopback with --network container:X"
    raise EngineError(sentence, status=501)
