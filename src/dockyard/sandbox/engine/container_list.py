"""Containers listed and inspected: `docker ps` with its filters, `docker inspect`.

Knows nothing about how they live.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from dockyard.errors import EngineError
from dockyard.runtime.container import Container
from dockyard.sandbox.engine import container_shapes as shapes
from dockyard.sandbox.engine.daemon import Daemon
from dockyard.sandbox.engine.filters import Filters
from dockyard.sandbox.engine.http import Answer, Request, as_json

__all__ = ["inspected", "listed"]

_KNOWN = "ancestor before exited expose health id is-task label label! name network publish since status volume"
_STATUSES = ("created", "running", "paused", "restarting", "removing", "exited", "dead")
_HEALTHS = ("none", "starting", "healthy", "unhealthy")


async def listed(daemon: Daemon, request: Request, _: str) -> Answer:
    """`docker ps`, newest first; only what runs unless all, a limit or a filter for others is given."""
    filters = Filters(request, _KNOWN)
    limit = _limit(request)
    every = request.wants("all") or limit > 0 or bool({*filters.of("status"), *filters.of("exited")})
    newest = sorted(daemon.known_containers(), key=lambda each: each.created_at, reverse=True)
    tests = _tests(daemon, filters)
    found = [each for each in newest if (every or each.state.running) and all(test(each) for test in tests)]
    return as_json([shapes.summary(each, daemon.containers.volumes) for each in found[: limit or None]])


def _limit(request: Request) -> int:
    text = request.first("limit")
    return int(text) if re.fullmatch(r"\d{1,9}", text) else 0


def _tests(daemon: Daemon, filters: Filters) -> list[Callable[[Container], bool]]:
    """One test for each filter given; a container must pass all."""
    tests = [lambda each: filters.labels_fit(shapes.labels(each))]
    tests += [_one_of(filters.of(name), fits) for name, fits in _PARTS.items() if filters.of(name)]
    for name, known in (("status", _STATUSES), ("health", _HEALTHS)):
        if wrong := [value for value in filters.of(name) if value not in known]:
            raise EngineError(f"invalid filter '{name}={wrong[0]}'")
    if filters.of("ancestor"):
        records = [daemon.images.table.find(each) for each in filters.of("ancestor")]
        wanted = {record.id for record in records if record is not None}
        tests.append(lambda each: each.image.id in wanted)
    tests += [_than(daemon, name, newer=False) for name in filters.of("before")]
    tests += [_than(daemon, name, newer=True) for name in filters.of("since")]
    return tests


def _one_of(values: list[str], fits: Callable[[Container, str], bool]) -> Callable[[Container], bool]:
    return lambda each: any(fits(each, value) for value in values)


def _than(daemon: Daemon, name: str, *, newer: bool) -> Callable[[Container], bool]:
    moment = daemon.containers.find(name).created_at
    return lambda each: each.created_at > moment if newer else each.created_at < moment


def _named(container: Container, value: str) -> bool:
    """Docker reads a name as a regular expression, with and without the slash before it."""
    try:
        return any(re.search(value, text) for text in (container.name, f"/{container.name}"))
    except (re.error, RecursionError) as error:
        raise EngineError(f"invalid filter 'name={value}'") from error


def _publishes(container: Container, value: str) -> bool:
    number = value.partition("/")[0]
    return any(number in (str(port.container_port), str(port.host_port)) for port in container.published)


def _exited(container: Container, value: str) -> bool:
    if not re.fullmatch(r"-?\d{1,9}", value):
        raise EngineError(f"invalid filter 'exited={value}'")
    return container.state.status == "exited" and container.state.exit_code == int(value)


def _mounted(container: Container, value: str) -> bool:
    return any(value in (mount.source, mount.target) for mount in container.wanted.mounts)


_PARTS: dict[str, Callable[[Container, str], bool]] = {
    "id": lambda each, value: each.id.startswith(value),
    "name": _named,
    "status": lambda each, value: each.state.status == value,
    "health": lambda each, value: (each.state.health or "none") == value,
    "exited": _exited,
    "publish": _publishes,
    "expose": lambda each, value: f"{value.partition('/')[0]}/tcp" in shapes.exposed(each),
    "volume": _mounted,
    "network": lambda each, value: value in shapes.networks(each),
    "is-task": lambda _, value: value.lower() in ("0", "false"),
}


async def inspected(daemon: Daemon, _: Request, name: str) -> Answer:
    """`docker inspect`."""
    if not daemon.runs_containers:
        raise EngineError(f"No such container: {name}", status=404)
    return as_json(shapes.inspection(daemon.containers.find(name), daemon.containers.volumes))
