"""What has changed in a container's files since they were laid out: `docker diff`.

Knows nothing about requests. The system dates every change of a file or folder; what is dated later was changed.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import NamedTuple

from dockyard.runtime.files import Kept
from dockyard.runtime.tree import Tree

__all__ = ["ADDED", "CHANGED", "DELETED", "Change", "changes"]

CHANGED, ADDED, DELETED = 0, 1, 2  # as Docker numbers them
_NOT_LOOKED_INTO = ("/proc", "/dev", "/sys")


class Change(NamedTuple):
    """One path, and whether it was changed, added or deleted."""

    path: str
    kind: int


def changes(tree: Tree, listing: Mapping[str, Kept], laid_at: int) -> list[Change]:
    """Every change after `laid_at` (nanoseconds since 1970), by path; what is mounted is left out. Blocking."""
    below: dict[str, list[str]] = {}
    for path in listing:
        below.setdefault(path.rpartition("/")[0] or "/", []).append(path)
    return sorted(_in_folder(tree, listing, below, laid_at))


def _in_folder(
    tree: Tree, listing: Mapping[str, Kept], below: Mapping[str, list[str]], laid_at: int
) -> Iterator[Change]:
    todo = ["/"]
    while todo:
        folder = todo.pop()
        with suppress(OSError):
            here = [f"{folder.rstrip('/')}/{name}" for name in tree.names(folder)]
            for path in here:
                if path in _NOT_LOOKED_INTO or tree.is_mounted(path) or (seen := tree.look(path)) is None:
                    continue
                if seen.status.st_ctime_ns > laid_at:
                    yield Change(path, CHANGED if path in listing else ADDED)
                todo += [path] if seen.kind == "directory" else []
            if _changed(tree, folder, laid_at):
                yield from (Change(path, DELETED) for path in below.get(folder, ()) if path not in here)


def _changed(tree: Tree, folder: str, laid_at: int) -> bool:
    with tree.folder(folder) as descriptor:
        return os.fstat(descriptor).st_ctime_ns > laid_at
