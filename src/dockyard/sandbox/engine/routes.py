"""Which address asks for what, with and without an API version in front; what is not offered says so in one sentence.

Knows nothing about how a request is answered.
See the Docker Engine API, versions 1.24 to 1.50.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from dockyard.errors import EngineError
from dockyard.sandbox.engine import builds, images, loading, removing, saving, system, transfers
from dockyard.sandbox.engine.daemon import Daemon
from dockyard.sandbox.engine.http import Answer, Request
from dockyard.sandbox.engine.system import API_VERSION, OLDEST_API_VERSION

__all__ = ["dispatch"]

Handler = Callable[[Daemon, Request, str], Awaitable[Answer]]

_VERSIONED = re.compile(r"/v(\d{1,4})\.(\d{1,4})(/.*)")
_BUILDKIT = "this engine builds without BuildKit: run: export DOCKER_BUILDKIT=0"

_ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET HEAD", r"/_ping", system.ping),
    ("GET", r"/version", system.version),
    ("GET", r"/info", system.info),
    ("POST", r"/auth", system.login),
    ("POST", r"/build", builds.build),
    ("GET", r"/images/json", images.listed),
    ("POST", r"/images/create", transfers.pull),
    ("POST", r"/images/load", loading.loaded),
    ("GET", r"/images/get", saving.saved),
    ("POST", r"/images/prune", removing.pruned),
    ("GET", r"/images/(.+)/get", saving.saved_one),
    ("GET", r"/images/(.+)/json", images.inspected),
    ("GET", r"/images/(.+)/history", images.history),
    ("POST", r"/images/(.+)/tag", images.tagged),
    ("POST", r"/images/(.+)/push", transfers.push),
    ("DELETE", r"/images/(.+)", removing.removed),
)

_NOT_OFFERED: tuple[tuple[str, str], ...] = (
    (r"/session|/grpc|/build/.*", _BUILDKIT),
    (r"/images/search", "there is no Docker Hub to search here: docker build names the bases this sandbox has"),
    (r"/events", "events are not offered by this engine: ask docker ps, or docker wait CONTAINER"),
    (r"/system/df", "disk usage (docker system df) is not offered by this engine: docker images shows each size"),
    (r"/containers/.+/top", "docker top is not offered by this engine: docker inspect names a container's process"),
    (r"/containers/.+/stats", "live stats are not offered by this engine: a task's CPU and memory are in CloudWatch"),
    (r"/commit", "docker commit is not offered by this engine: write the change into the Dockerfile and build it"),
    (r"/plugins.*", "plugins are not offered by this engine: it has the local volume driver and the bridge network"),
    (r"/distribution/.+", "registries are not inspected by this engine: docker pull the image, then docker inspect it"),
    (r"/(swarm|services|nodes|tasks|secrets|configs)\b.*", "there is no swarm here: run containers with ECS"),
)

# `docker inspect NAME` asks for each kind in turn and goes on only at these answers
_NEVER_THERE: tuple[tuple[str, int, str], ...] = (
    (r"/plugins/(.+)/json", 404, 'plugin "{}" not found'),
    (r"/(?:services|nodes|tasks|secrets|configs)/(.+)", 503, "This node is not a swarm manager: {} is not here"),
)


async def dispatch(daemon: Daemon, request: Request) -> Answer:
    """Answer a request, or raise EngineError with the status and the sentence the client shows."""
    path = _without_version(request.path)
    for methods, pattern, handler in _ROUTES:
        found = re.fullmatch(pattern, path)
        if found and request.method in methods.split():
            return await handler(daemon, request, found[1] if found.groups() else "")
    for pattern, status, sentence in _NEVER_THERE:
        if request.method == "GET" and (found := re.fullmatch(pattern, path)):
            raise EngineError(sentence.format(found[1]), status=status)
    raise EngineError(_why_not(request.method, path), status=501)


def _without_version(path: str) -> str:
    found = _VERSIONED.fullmatch(path)
    if not found:
        return path
    version, text = (int(found[1]), int(found[2])), f"{found[1]}.{found[2]}"
    if version > _numbers(API_VERSION):
        raise EngineError(f"client version {text} is too new. Maximum supported API version is {API_VERSION}")
    if version < _numbers(OLDEST_API_VERSION):
        sentence = f"client version {text} is too old. Minimum supported API version is {OLDEST_API_VERSION}"
        raise EngineError(f"{sentence}, please upgrade your client to a newer version")
    return found[3]


def _numbers(version: str) -> tuple[int, int]:
    major, _, minor = version.partition(".")
    return int(major), int(minor)


def _why_not(method: str, path: str) -> str:
    reasons = (sentence for pattern, sentence in _NOT_OFFERED if re.fullmatch(pattern, path))
    return next(reasons, f"{method} {path} is not offered by this engine")
