"""`docker build`: the context is kept in a temporary file while a thread builds from it.

Knows nothing about Dockerfiles.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from dockyard.containers.build import Build, Order
from dockyard.containers.context import Context
from dockyard.containers.images import Images
from dockyard.containers.starting import Fetch
from dockyard.errors import EngineError
from dockyard.sandbox.engine.daemon import Daemon
from dockyard.sandbox.engine.fetching import fetching
from dockyard.sandbox.engine.http import Answer, Request, members
from dockyard.sandbox.engine.progress import Say, in_lines
from dockyard.sandbox.engine.receiving import received

__all__ = ["build"]


async def build(daemon: Daemon, request: Request, _: str) -> Answer:
    """Receive the context, read the Dockerfile (what is wrong with it is answered 400), then stream the build."""
    order = _order(request)
    archive = await received(request.body, "context")
    try:
        context, planned = await asyncio.to_thread(
            _planned, daemon.images, archive, order, fetching(daemon.images, request)
        )
    finally:
        archive.unlink(missing_ok=True)

    def work(say: Say) -> None:
        with context:
            planned.run(say)

    return in_lines(work)


def _planned(held: Images, archive: Path, order: Order, fetch: Fetch) -> tuple[Context, Build]:
    context = Context(archive)
    try:
        return context, Build(held, context, order, fetch)
    except BaseException:
        context.close()
        raise


def _order(request: Request) -> Order:
    """What the query asks for; what cannot be had is refused before the context is received."""
    if request.first("version") == "2":
        raise EngineError("this engine builds without BuildKit: run: export DOCKER_BUILDKIT=0", status=501)
    if request.first("remote") not in ("", "client-session"):
        raise EngineError("a build from an address is not offered yet: send the folder as the context", status=501)
    given = _texts(request, "buildargs")
    return Order(
        dockerfile=request.first("dockerfile") or "Dockerfile",
        tags=tuple(tag for tag in request.query.get("t", []) if tag),
        arguments=given,
        labels=_texts(request, "labels"),
        target=request.first("target"),
        platform=request.first("platform"),
        use_cache=not request.wants("nocache"),
        quiet=request.wants("q"),
    )


def _texts(request: Request, name: str) -> dict[str, str]:
    """A query parameter that is a JSON object of texts; what is null is left out."""
    given = {key: value for key, value in members(request.first(name), name).items() if value is not None}
    if not all(isinstance(value, str) for value in given.values()):
        raise EngineError(f"{name} must be a JSON object of texts")
    return given
