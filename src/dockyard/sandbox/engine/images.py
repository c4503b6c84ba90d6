"""Images asked for by the Docker API: listed, inspected, tagged.

Knows nothing about builds, pushes and pulls; `removing` takes images away.
"""

from __future__ import annotations

import re

from dockyard.containers.images import Images
from dockyard.containers.references import Reference
from dockyard.containers.table import ImageRecord
from dockyard.errors import EngineError
from dockyard.sandbox.engine import shapes
from dockyard.sandbox.engine.daemon import Daemon
from dockyard.sandbox.engine.filters import Filters, glob
from dockyard.sandbox.engine.http import Answer, Request, as_json

__all__ = ["full_name", "history", "inspected", "labels_of", "listed", "record_of", "tagged"]


def record_of(held: Images, name: str) -> ImageRecord:
    """The image of this name or id; EngineError 404 in Docker's words."""
    record = held.table.find(name)
    if record is None:
        raise EngineError(f"No such image: {full_name(name)}", status=404)
    return record


def full_name(name: str) -> str:
    """A name with its tag; what is no name stays as it is."""
    try:
        return str(Reference.parse(name))
    except EngineError:
        return name


def labels_of(held: Images, record: ImageRecord) -> dict[str, str]:
    """The labels of an image."""
    return (held.image(record.id).configuration.get("config") or {}).get("Labels") or {}


async def listed(daemon: Daemon, request: Request, _: str) -> Answer:
    """`docker images`, newest first."""
    held = daemon.images
    filters = Filters(request, "dangling label label! reference before since until")
    patterns = [glob(each) for each in [*filters.of("reference"), *filter(None, [request.first("filter")])]]
    newest = sorted(held.table.images.values(), key=lambda record: (-record.added, record.id))
    lines = [shapes.summary(held, record) for record in newest if _fits(held, record, filters)]
    if patterns:
        for line in lines:
            line["RepoTags"] = [name for name in line["RepoTags"] if _named(name, patterns)]
        lines = [line for line in lines if line["RepoTags"]]
    return as_json(lines)


def _named(name: str, patterns: list[re.Pattern[str]]) -> bool:
    return any(each.fullmatch(text) for text in (name, name.rpartition(":")[0]) for each in patterns)


def _fits(held: Images, record: ImageRecord, filters: Filters) -> bool:
    dangling = filters.truth("dangling")
    if dangling is not None and dangling == bool(held.table.names(record.id)):
        return False
    earlier = all(record.added < record_of(held, each).added for each in filters.of("before"))
    later = all(record.added > record_of(held, each).added for each in filters.of("since"))
    return earlier and later and filters.labels_fit(labels_of(held, record))


async def inspected(daemon: Daemon, _: Request, name: str) -> Answer:
    """`docker image inspect`."""
    return as_json(shapes.inspection(daemon.images, record_of(daemon.images, name)))


async def history(daemon: Daemon, _: Request, name: str) -> Answer:
    """`docker history`."""
    return as_json(shapes.history(daemon.images, record_of(daemon.images, name)))


async def tagged(daemon: Daemon, request: Request, name: str) -> Answer:
    """`docker tag`."""
    record = record_of(daemon.images, name)
    repository, tag = request.first("repo"), request.first("tag")
    daemon.images.table.tag(record.id, Reference.parse(f"{repository}:{tag}" if tag else repository))
    return Answer(201)
