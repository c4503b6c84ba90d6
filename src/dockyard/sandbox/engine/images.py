"""Images asked for by the Docker API: listed, inspected, tagged, removed.

Knows nothing about builds, pushes and pulls.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

from dockyard.containers.images import Images
from dockyard.containers.references import Reference
from dockyard.containers.table import ImageRecord
from dockyard.errors import EngineError
from dockyard.sandbox.engine import shapes
from dockyard.sandbox.engine.http import Answer, Request, as_json, members

__all__ = ["history", "inspected", "listed", "removed", "tagged"]


def _record(held: Images, name: str) -> ImageRecord:
    record = held.table.find(name)
    if record is None:
        raise EngineError(f"No such image: {_full_name(name)}", status=404)
    return record


def _full_name(name: str) -> str:
    try:
        return str(Reference.parse(name))
    except EngineError:
        return name


async def listed(held: Images, request: Request, _: str) -> Answer:
    """`docker images`, newest first."""
    filters = members(request.first("filters"), "filters")
    patterns = [*_values(filters, "reference"), *filter(None, [request.first("filter")])]
    newest = sorted(held.table.images.values(), key=lambda record: (-record.added, record.id))
    chosen = [record for record in newest if _fits(held, record, patterns, _values(filters, "dangling"))]
    return as_json([shapes.summary(held, record) for record in chosen])


def _values(filters: dict[str, Any], name: str) -> list[str]:
    """A filter's values: a list, or (as newer clients send it) a mapping."""
    given = filters.get(name) or []
    if not isinstance(given, list | dict):
        raise EngineError(f"the filter {name} must be a list of values")
    return [str(value) for value in given]


def _fits(held: Images, record: ImageRecord, patterns: list[str], dangling: list[str]) -> bool:
    names = held.table.names(record.id)
    if dangling and (dangling[0] in ("1", "true")) == bool(names):
        return False
    both = [text for name in names for text in (name, name.rpartition(":")[0])]
    return not patterns or any(fnmatchcase(text, pattern) for text in both for pattern in patterns)


async def inspected(held: Images, _: Request, name: str) -> Answer:
    """`docker image inspect`."""
    return as_json(shapes.inspection(held, _record(held, name)))


async def history(held: Images, _: Request, name: str) -> Answer:
    """`docker history`."""
    return as_json(shapes.history(held, _record(held, name)))


async def tagged(held: Images, request: Request, name: str) -> Answer:
    """`docker tag`."""
    record = _record(held, name)
    repository, tag = request.first("repo"), request.first("tag")
    held.table.tag(record.id, Reference.parse(f"{repository}:{tag}" if tag else repository))
    return Answer(201)


async def removed(held: Images, request: Request, name: str) -> Answer:
    """`docker rmi`: a name is taken away; the last name, or the id, takes the image too."""
    record = _record(held, name)
    names = held.table.names(record.id)
    if _full_name(name) in names:
        gone = [_full_name(name)]
    elif len(names) > 1 and not request.wants("force"):
        short = record.id.removeprefix("sha256:")[:12]
        sentence = f"conflict: unable to delete {short} (must be forced) - image is referenced in multiple repositories"
        raise EngineError(sentence, status=409)
    else:
        gone = names
    for each in gone:
        held.table.untag(each)
    return as_json(_told(held, record, gone))


def _told(held: Images, record: ImageRecord, gone: list[str]) -> list[dict[str, str]]:
    told = [{"Untagged": name} for name in gone]
    if held.table.names(record.id):
        return told
    held.table.remove(record.id)
    return [*told, {"Deleted": record.id}]
