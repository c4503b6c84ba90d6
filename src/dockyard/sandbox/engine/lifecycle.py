"""A container's life as the Docker API steers it: created, started, stopped, waited for, renamed, removed.

Knows nothing about processes, nor about what a container prints.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator

from dockyard.errors import EngineError
from dockyard.runtime.container import Container
from dockyard.sandbox.engine.asked import Asked
from dockyard.sandbox.engine.container_shapes import labels
from dockyard.sandbox.engine.daemon import Daemon
from dockyard.sandbox.engine.filters import Filters
from dockyard.sandbox.engine.http import Answer, Request, as_json, members
from dockyard.sandbox.engine.moments import moment
from dockyard.sandbox.engine.wishes import warnings, wish

__all__ = [
    "create",
    "kill",
    "pause",
    "pruned",
    "removed",
    "renamed",
    "resized",
    "restart",
    "size",
    "start",
    "stop",
    "unpause",
    "waited",
]

_CONDITIONS = ("not-running", "next-exit", "removed")
_DONE = Answer(204)


async def create(daemon: Daemon, request: Request, _: str) -> Answer:
    """`docker create`, and the beginning of `docker run`; a missing image is 404, at which clients pull it."""
    body = Asked(members(await request.read(), "the request's body"))
    if not body.text("Image"):
        raise EngineError("No image was specified")
    image = daemon.images.image(body.text("Image"))
    wanted = wish(body, image.configuration.get("config") or {})
    container = await daemon.containers.create(wanted, request.first("name").removeprefix("/"))
    for mount in wanted.mounts:
        if not mount.of_host:
            daemon.containers.volumes.create(mount.source)
    return as_json({"Id": container.id, "Warnings": [*warnings(body)]}, 201)


async def start(daemon: Daemon, _: Request, name: str) -> Answer:
    """`docker start`; 304 where it runs already."""
    container = daemon.containers.find(name)
    if container.state.status == "paused":
        raise EngineError("cannot start a paused container, try unpause instead", status=409)
    if container.state.running:
        return Answer(304)
    try:
        await container.start()
    except EngineError:
        if container.wanted.auto_remove:  # `docker run --rm` waits for that before it says what was wrong
            await daemon.remove(container, force=True, volumes=True)
        raise
    return _DONE


async def stop(daemon: Daemon, request: Request, name: str) -> Answer:
    """`docker stop`: its stop signal, then after `t` seconds SIGKILL; 304 where it does not run."""
    container = daemon.containers.find(name)
    if not container.state.running:
        return Answer(304)
    await container.stop(_seconds(request))
    return _DONE


def _seconds(request: Request) -> float | None:
    """The time-out asked for; a negative one means to wait for ever."""
    text = request.first("t")
    if not text:
        return None
    try:
        seconds = int(text)
    except ValueError as error:
        raise EngineError(f'strconv.Atoi: parsing "{text}": invalid syntax') from error
    return float(min(seconds, 1 << 20)) if seconds >= 0 else float(1 << 20)


async def restart(daemon: Daemon, request: Request, name: str) -> Answer:
    """`docker restart`."""
    container = daemon.containers.find(name)
    seconds = _seconds(request)
    if container.state.running:
        await container.stop(seconds)
    await container.start()
    return _DONE


async def kill(daemon: Daemon, request: Request, name: str) -> Answer:
    """`docker kill`: one signal, by name or number."""
    container = daemon.containers.find(name)
    if not container.state.running:
        raise EngineError(f"Cannot kill container: {name}: Container {container.id} is not running", status=409)
    await container.kill(request.first("signal") or "SIGKILL")
    return _DONE


async def pause(daemon: Daemon, _: Request, name: str) -> Answer:
    """`docker pause`."""
    await daemon.containers.find(name).pause()
    return _DONE


async def unpause(daemon: Daemon, _: Request, name: str) -> Answer:
    """`docker unpause`."""
    await daemon.containers.find(name).unpause()
    return _DONE


async def waited(daemon: Daemon, request: Request, name: str) -> Answer:
    """`docker wait`: the headers at once, because `docker run` starts the container only after them."""
    container = daemon.containers.find(name)
    condition = request.first("condition") or "not-running"
    if condition not in _CONDITIONS:
        raise EngineError(f'invalid condition: "{condition}"')
    ending = asyncio.ensure_future(container.wait(condition))
    return Answer(200, _exit_code(ending), {"Content-Type": "application/json"}, follows=True)


async def _exit_code(ending: asyncio.Future[int]) -> AsyncIterator[bytes]:
    try:
        code = await ending
        yield as_json({"StatusCode": code}).body  # type: ignore[misc]
    finally:
        ending.cancel()


async def renamed(daemon: Daemon, request: Request, name: str) -> Answer:
    """`docker rename`."""
    container = daemon.containers.find(name)
    new = request.first("name").removeprefix("/")
    if not new:
        raise EngineError("Neither old nor new names may be empty")
    daemon.containers.rename(container, new)
    return _DONE


async def removed(daemon: Daemon, request: Request, name: str) -> Answer:
    """`docker rm`; with -v the volumes that have no name of their own go too."""
    container = daemon.containers.find(name)
    await daemon.remove(container, force=request.wants("force"), volumes=request.wants("v"))
    return _DONE


async def pruned(daemon: Daemon, request: Request, _: str) -> Answer:
    """`docker container prune`: every container that does not run."""
    filters = Filters(request, "until label label!")
    until = min((moment(each, time.time()) for each in filters.of("until")), default=float("inf"))
    going = [container for container in daemon.containers.all() if _may_go(container, filters, until)]
    for container in going:
        await daemon.remove(container, force=False, volumes=False)
    return as_json({"ContainersDeleted": [container.id for container in going] or None, "SpaceReclaimed": 0})


def _may_go(container: Container, filters: Filters, until: float) -> bool:
    idle = not container.state.running
    return idle and container.created_at < until and filters.labels_fit(labels(container))


async def resized(daemon: Daemon, request: Request, name: str) -> Answer:
    """The size of its terminal."""
    container = daemon.containers.find(name)
    if container.state.running:
        container.resize(*size(request))
    return Answer(200)


def size(request: Request) -> tuple[int, int]:
    """Height and width of a terminal in characters."""
    texts = request.first("h"), request.first("w")
    if not all(re.fullmatch(r"\d{1,4}", text) for text in texts):
        raise EngineError("a terminal's size is two numbers, h and w")
    return int(texts[0]), int(texts[1])
