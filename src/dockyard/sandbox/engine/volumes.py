"""`docker volume`: named volumes made, listed, inspected, removed.

Knows nothing about where they are mounted, but whether a container has them.
"""

from __future__ import annotations

import secrets
from typing import Any

from dockyard.errors import EngineError
from dockyard.runtime.volumes import Volume
from dockyard.sandbox.engine.asked import Asked
from dockyard.sandbox.engine.daemon import Daemon, is_anonymous
from dockyard.sandbox.engine.filters import Filters
from dockyard.sandbox.engine.http import Answer, Request, as_json, members
from dockyard.sandbox.engine.moments import written

__all__ = ["create", "inspected", "listed", "pruned", "removed"]


def _shape(volume: Volume) -> dict[str, Any]:
    return {
        "CreatedAt": written(volume.created_at), "Driver": "local", "Labels": dict(volume.labels) or None,
        "Mountpoint": str(volume.folder), "Name": volume.name, "Options": None, "Scope": "local",
    }  # fmt: skip


async def create(daemon: Daemon, request: Request, _: str) -> Answer:
    """`docker volume create`; one that is there already is answered as it is."""
    body = Asked(members(await request.read(), "the request's body"))
    if body.text("Driver") not in ("", "local"):
        cure = "This engine has the driver local: leave --driver out, or mount a folder with -v $PWD/FOLDER:/PATH."
        raise EngineError(f'plugin "{body.text("Driver")}" not found.', status=404, next_step=cure)
    if body.is_set("DriverOpts"):
        raise EngineError("options of a volume are not offered by this engine: mount a folder with -v", status=501)
    volume = daemon.containers.volumes.create(body.text("Name") or secrets.token_hex(32), body.mapping("Labels"))
    return as_json(_shape(volume), 201)


def _users(daemon: Daemon, name: str) -> list[str]:
    """The ids of the containers that have a volume."""
    mounted = [(each.id, mount.source) for each in daemon.containers.all() for mount in each.wanted.mounts]
    return [identifier for identifier, source in mounted if source == name]


async def listed(daemon: Daemon, request: Request, _: str) -> Answer:
    """`docker volume ls`."""
    filters = Filters(request, "dangling driver label name")
    found = [volume for volume in daemon.containers.volumes.all() if _fits(daemon, volume, filters)]
    return as_json({"Volumes": [_shape(volume) for volume in found], "Warnings": None})


def _fits(daemon: Daemon, volume: Volume, filters: Filters) -> bool:
    dangling = filters.truth("dangling")
    if dangling is not None and dangling == bool(_users(daemon, volume.name)):
        return False
    named = not filters.of("name") or any(part in volume.name for part in filters.of("name"))
    local = not filters.of("driver") or "local" in filters.of("driver")
    return named and local and filters.labels_fit(volume.labels)


async def inspected(daemon: Daemon, _: Request, name: str) -> Answer:
    """`docker volume inspect`."""
    return as_json(_shape(daemon.containers.volumes.find(name)))


async def removed(daemon: Daemon, request: Request, name: str) -> Answer:
    """`docker volume rm`; 409 while a container has it."""
    try:
        daemon.containers.volumes.find(name)
    except EngineError:
        if request.wants("force"):
            return Answer(204)
        raise
    users = _users(daemon, name)
    if users:
        raise EngineError(f"remove {name}: volume is in use - [{', '.join(users)}]", status=409)
    daemon.containers.volumes.remove(name)
    return Answer(204)


async def pruned(daemon: Daemon, request: Request, _: str) -> Answer:
    """`docker volume prune`: what no container has; with `all` also volumes with a name."""
    filters = Filters(request, "all label label!")
    unused = [each for each in daemon.containers.volumes.all() if not _users(daemon, each.name)]
    going = [each for each in unused if filters.truth("all") or is_anonymous(each.name)]
    gone = [volume for volume in going if filters.labels_fit(volume.labels)]
    for volume in gone:
        daemon.containers.volumes.remove(volume.name)
    return as_json({"VolumesDeleted": [volume.name for volume in gone] or None, "SpaceReclaimed": 0})
