"""Which address asks for what, with and without an API version in front; what is not offered says so in one sentence.

Knows nothing about how a request is answered.
See the Docker Engine API, version 1.41.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from dockyard.containers.images import Images
from dockyard.errors import EngineError
from dockyard.sandbox.engine import builds, images, system, transfers
from dockyard.sandbox.engine.http import Answer, Request

__all__ = ["dispatch"]

Handler = Callable[[Images, Request, str], Awaitable[Answer]]

_VERSIONED = re.compile(r"/v(\d+)\.(\d+)(/.*)")
_OLDEST, _NEWEST = (1, 24), (1, 41)
_CONTAINERS = "containers cannot run here yet: this sandbox builds, tags and pushes images"
_BUILDKIT = "this engine builds without BuildKit: run: export DOCKER_BUILDKIT=0"

_ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET HEAD", r"/_ping", system.ping),
    ("GET", r"/version", system.version),
    ("GET", r"/info", system.info),
    ("POST", r"/auth", system.login),
    ("POST", r"/build", builds.build),
    ("GET", r"/containers/json", system.no_containers),
    ("GET", r"/images/json", images.listed),
    ("POST", r"/images/create", transfers.pull),
    ("GET", r"/images/(.+)/json", images.inspected),
    ("GET", r"/images/(.+)/history", images.history),
    ("POST", r"/images/(.+)/tag", images.tagged),
    ("POST", r"/images/(.+)/push", transfers.push),
    ("DELETE", r"/images/(.+)", images.removed),
)

_NOT_OFFERED: tuple[tuple[str, str], ...] = (
    (r"/session|/grpc|/build/.*", _BUILDKIT),
    (r"/containers/.*|/exec/.*|/events|/commit", _CONTAINERS),
    (r"/images/(load|get|.+/get)", "images are not saved to or loaded from files here yet: push and pull them instead"),
    (r"/images/search", "there is no Docker Hub to search here: docker build names the bases this sandbox has"),
    (r"/images/prune", "unused images are not pruned here yet: remove one with docker rmi NAME"),
    (r"/networks.*", "networks are not simulated by this engine: a task's network is its VPC's"),
    (r"/volumes.*", "volumes are not simulated by this engine: copy files into the image instead"),
    (r"/(swarm|services|nodes|tasks|secrets|configs).*", "there is no swarm here: run containers with ECS"),
)


# `docker inspect NAME` asks for each kind in turn and goes on only at these answers
_NEVER_THERE: tuple[tuple[str, int, str], ...] = (
    (r"/containers/(.+)/json", 404, "No such container: {}"),
    (r"/networks/(.+)", 404, "network {} not found"),
    (r"/volumes/(.+)", 404, "get {}: no such volume"),
    (r"/plugins/(.+)/json", 404, 'plugin "{}" not found'),
    (r"/(?:services|nodes|tasks|secrets|configs)/(.+)", 503, "This node is not a swarm manager: {} is not here"),
)


async def dispatch(held: Images, request: Request) -> Answer:
    """Answer a request, or raise EngineError with the status and the sentence the client shows."""
    path = _without_version(request.path)
    for methods, pattern, handler in _ROUTES:
        found = re.fullmatch(pattern, path)
        if found and request.method in methods.split():
            return await handler(held, request, found[1] if found.groups() else "")
    for pattern, status, sentence in _NEVER_THERE:
        if request.method == "GET" and (found := re.fullmatch(pattern, path)):
            raise EngineError(sentence.format(found[1]), status=status)
    raise EngineError(_why_not(request.method, path), status=501)


def _without_version(path: str) -> str:
    found = _VERSIONED.fullmatch(path)
    if not found:
        return path
    version, text = (int(found[1]), int(found[2])), f"{found[1]}.{found[2]}"
    if version > _NEWEST:
        raise EngineError(f"client version {text} is too new. Maximum supported API version is 1.41")
    if version < _OLDEST:
        sentence = f"client version {text} is too old. Minimum supported API version is 1.24"
        raise EngineError(f"{sentence}, please upgrade your client to a newer version")
    return found[3]


def _why_not(method: str, path: str) -> str:
    reasons = (sentence for pattern, sentence in _NOT_OFFERED if re.fullmatch(pattern, path))
    return next(reasons, f"{method} {path} is not offered yet: this sandbox builds, tags and pushes images")
