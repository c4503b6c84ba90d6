"""Which address asks for what, with and without an API version in front; what is not offered says so in one sentence.

Knows nothing about how a request is answered.
See the Docker Engine API, versions 1.24 to 1.50.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from dockyard.errors import EngineError
from dockyard.sandbox.engine import (
    attaching,
    builds,
    container_list,
    copies,
    execs,
    images,
    lifecycle,
    loading,
    logs,
    networks,
    removing,
    saving,
    statistics,
    system,
    transfers,
    volumes,
)
from dockyard.sandbox.engine.daemon import Daemon
from dockyard.sandbox.engine.http import Answer, Request, Takeover
from dockyard.sandbox.engine.system import API_VERSION, OLDEST_API_VERSION

__all__ = ["dispatch"]

Handler = Callable[[Daemon, Request, str], Awaitable[Answer | Takeover]]

_VERSIONED = re.compile(r"/v(\d{1,4})\.(\d{1,4})(/.*)")
_BUILDKIT = "this engine builds without BuildKit: run: export DOCKER_BUILDKIT=0"

_ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET HEAD", r"/_ping", system.ping),
    ("GET", r"/version", system.version),
    ("GET", r"/info", system.info),
    ("POST", r"/auth", system.login),
    ("POST", r"/build", builds.build),
    ("POST", r"/containers/create", lifecycle.create),
    ("GET", r"/containers/json", container_list.listed),
    ("POST", r"/containers/prune", lifecycle.pruned),
    ("GET", r"/containers/(.+)/json", container_list.inspected),
    ("GET", r"/containers/([^/]+)/logs", logs.logs),
    ("POST", r"/containers/([^/]+)/start", lifecycle.start),
    ("POST", r"/containers/([^/]+)/stop", lifecycle.stop),
    ("POST", r"/containers/([^/]+)/restart", lifecycle.restart),
    ("POST", r"/containers/([^/]+)/kill", lifecycle.kill),
    ("POST", r"/containers/([^/]+)/pause", lifecycle.pause),
    ("POST", r"/containers/([^/]+)/unpause", lifecycle.unpause),
    ("GET", r"/containers/([^/]+)/top", statistics.top),
    ("GET", r"/containers/([^/]+)/stats", statistics.stats),
    ("POST", r"/containers/([^/]+)/wait", lifecycle.waited),
    ("POST", r"/containers/([^/]+)/attach", attaching.attach),
    ("POST", r"/containers/([^/]+)/rename", lifecycle.renamed),
    ("POST", r"/containers/([^/]+)/resize", lifecycle.resized),
    ("POST", r"/containers/([^/]+)/exec", execs.create),
    ("HEAD", r"/containers/([^/]+)/archive", copies.status),
    ("GET", r"/containers/([^/]+)/archive", copies.packed),
    ("PUT", r"/containers/([^/]+)/archive", copies.unpacked),
    ("GET", r"/containers/([^/]+)/export", copies.exported),
    ("GET", r"/containers/([^/]+)/changes", copies.changes),
    ("DELETE", r"/containers/([^/]+)", lifecycle.removed),
    ("POST", r"/exec/([^/]+)/start", execs.start),
    ("POST", r"/exec/([^/]+)/resize", execs.resized),
    ("GET", r"/exec/([^/]+)/json", execs.inspected),
    ("GET", r"/networks", networks.listed),
    ("POST", r"/networks/prune", networks.pruned),
    ("POST", r"/networks/create|/networks/[^/]+/(?:dis)?connect", networks.not_offered),
    ("GET", r"/networks/(.+)", networks.inspected),
    ("DELETE", r"/networks/([^/]+)", networks.removed),
    ("GET", r"/volumes", volumes.listed),
    ("POST", r"/volumes/create", volumes.create),
    ("POST", r"/volumes/prune", volumes.pruned),
    ("GET", r"/volumes/(.+)", volumes.inspected),
    ("DELETE", r"/volumes/([^/]+)", volumes.removed),
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
    (r"/containers/.+/update", "docker update is not offered by this engine: make the container anew with its limits"),
    (r"/containers/.+/attach/ws", "attaching by WebSocket is not offered by this engine: use docker attach"),
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


async def dispatch(daemon: Daemon, request: Request) -> Answer | Takeover:
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
