"""Images taken away: `docker rmi` and `docker image prune`.

Knows nothing about blobs: they stay, because other accounts and the registry may need them.
"""

from __future__ import annotations

from dockyard.containers.images import Images
from dockyard.containers.table import ImageRecord
from dockyard.errors import EngineError
from dockyard.sandbox.engine.daemon import Daemon
from dockyard.sandbox.engine.filters import Filters
from dockyard.sandbox.engine.http import Answer, Request, as_json
from dockyard.sandbox.engine.images import full_name, labels_of, record_of
from dockyard.sandbox.engine.moments import moment

__all__ = ["pruned", "removed"]


async def removed(daemon: Daemon, request: Request, name: str) -> Answer:
    """`docker rmi`: a name is taken away; the last name, or the id, takes the image too."""
    held = daemon.images
    record = record_of(held, name)
    names = held.table.names(record.id)
    by_name = full_name(name) in names
    gone = [full_name(name)] if by_name else names
    if len(gone) == len(names):
        _refuse_used(daemon, record, name if by_name else "", forced=request.wants("force"))
    if not by_name and len(names) > 1 and not request.wants("force"):
        sentence = f"conflict: unable to delete {_short(record.id)} (must be forced)"
        raise EngineError(f"{sentence} - image is referenced in multiple repositories", status=409)
    for each in gone:
        held.table.untag(each)
    return as_json(_told(held, record, gone))


def _refuse_used(daemon: Daemon, record: ImageRecord, name: str, *, forced: bool) -> None:
    """An image of a running container stays; that of a stopped one goes only by force."""
    for container in daemon.known_containers():
        if container.image.id != record.id:
            continue
        running = container.state.running
        if running and not name:
            sentence = f"unable to delete {_short(record.id)} (cannot be forced) - image is being used by running"
            raise EngineError(f"conflict: {sentence} container {container.id[:12]}", status=409)
        if not forced:
            what = f'remove repository reference "{name}"' if name else f"delete {_short(record.id)}"
            using = f"container {container.id[:12]} is using its referenced image {_short(record.id)}"
            if not name:
                using = f"image is being used by stopped container {container.id[:12]}"
            how = "must force" if name else "must be forced"
            raise EngineError(f"conflict: unable to {what} ({how}) - {using}", status=409)


def _short(digest: str) -> str:
    return digest.removeprefix("sha256:")[:12]


def _told(held: Images, record: ImageRecord, gone: list[str]) -> list[dict[str, str]]:
    told = [{"Untagged": name} for name in gone]
    if held.table.names(record.id):
        return told
    held.table.remove(record.id)
    return [*told, {"Deleted": record.id}]


async def pruned(daemon: Daemon, request: Request, _: str) -> Answer:
    """`docker image prune`: images without a name, or with -a every image that no container uses."""
    held = daemon.images
    filters = Filters(request, "dangling until label label!")
    used = {container.image.id for container in daemon.known_containers()}
    until = min((moment(each, held.table.now()) for each in filters.of("until")), default=float("inf"))
    going = [
        record
        for record in list(held.table.images.values())
        if record.id not in used and record.added < until and filters.labels_fit(labels_of(held, record))
    ]
    if filters.truth("dangling") is not False:
        going = [record for record in going if not held.table.names(record.id)]
    size = sum(held.image(record.id).shown_size for record in going)
    told = [line for record in going for line in _told(held, record, _untagged(held, record))]
    return as_json({"ImagesDeleted": told or None, "SpaceReclaimed": size})


def _untagged(held: Images, record: ImageRecord) -> list[str]:
    names = held.table.names(record.id)
    for name in names:
        held.table.untag(name)
    return names
