"""What is in a container: looked at, copied out, copied in, compared with its image; running or not.

Knows nothing about requests. Paths are the container's; what is wrong is said as Docker's engine says it.
"""

from __future__ import annotations

import errno
import os
import posixpath
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dockyard.errors import EngineError
from dockyard.runtime.changes import Change, changes
from dockyard.runtime.files import Kept
from dockyard.runtime.isolation import Mounted, Place
from dockyard.runtime.modes import Modes
from dockyard.runtime.packing import opened, packed
from dockyard.runtime.pythons import site_folder
from dockyard.runtime.tree import Seen, Tree
from dockyard.runtime.unpacking import Unpacking

__all__ = ["Contents", "Status"]


@dataclass(frozen=True, slots=True)
class Status:
    """One path: its last name, bytes, mode with its kind, when it was changed (seconds), where a link ends."""

    name: str
    size: int
    mode: int
    changed_at: float
    target: str


class Contents:
    """All of it blocks: call it in a thread. EngineError says what is not there or not allowed."""

    def __init__(self, place: Place, container: str) -> None:
        self._listing: Mapping[str, Kept] = place.listing
        self._tree = Tree(place.root, _mounts(place))
        self._modes = Modes(place.listing, place.account)
        self._container = container
        self._laid_at = _now(place.root)

    def status(self, path: str) -> Status:
        """What is at a path; a link is not followed, unless a slash or a dot comes after it."""
        with self._in_words(path):
            place, seen = self._found(path)
            mode, _, _ = self._modes.of(place, seen)
            target = self._tree.resolved(place) if seen.kind == "link" else ""
            kind = stat.S_IFMT(seen.status.st_mode)
            return Status(_name(path), seen.status.st_size, kind | mode, seen.status.st_mtime, target)

    def packed(self, path: str) -> Iterator[bytes]:
        """What is at a path as the pieces of a tar, in which it has its last name."""
        with self._in_words(path):
            place, seen = self._found(path)
            if seen.kind == "file":
                os.close(opened(self._tree, place))
            return packed(self._tree, self._modes, place, _name(path))

    def exported(self) -> Iterator[bytes]:
        """All of it as the pieces of a tar."""
        return packed(self._tree, self._modes, "/", "")

    def unpack(self, path: str, archive: Path, *, keep_kinds: bool, own: bool) -> None:
        """Put what an archive holds into a folder; see Unpacking."""
        with self._in_words(path):
            folder = self._tree.resolved("/" + path)
            seen = self._tree.look(folder)
            if seen is None:
                raise FileNotFoundError(path)
            if seen.kind != "directory":
                raise EngineError("extraction point is not a directory")
            Unpacking(self._tree, self._modes, keep_kinds, own).unpack(archive, folder)

    def changes(self) -> list[Change]:
        """What has changed since it was made."""
        return changes(self._tree, self._listing, self._laid_at)

    def _found(self, path: str) -> tuple[str, Seen]:
        place = self._tree.resolved("/" + path, last=False)
        seen = self._tree.look(place)
        if seen is None or (seen.kind != "directory" and path.endswith(("/", "/."))):
            raise FileNotFoundError(path)
        return place, seen

    @contextmanager
    def _in_words(self, path: str) -> Iterator[None]:
        try:
            yield
        except (FileNotFoundError, NotADirectoryError) as error:
            sentence = f"Could not find the file {path} in container {self._container}"
            raise EngineError(sentence, status=404) from error
        except OSError as error:
            status = _STATUS.get(error.errno or 0, 400)
            said = os.strerror(error.errno).lower() if error.errno else str(error)
            raise EngineError(f"{path}: {said}", status=status) from error


_STATUS = {errno.EACCES: 403, errno.EPERM: 403, errno.EROFS: 403, errno.ENOSPC: 507, errno.EDQUOT: 507}


def _name(path: str) -> str:
    """The last name in a path, as Go's filepath.Base has it."""
    return posixpath.basename(path.rstrip("/")) or "/"


def _mounts(place: Place) -> list[Mounted]:
    """The volumes, and the packages of its Python, which are this machine's and only read."""
    found = list(place.mounts)
    if place.python is not None:
        folder = site_folder(place, place.python)
        found += [Mounted(part.source, f"{folder}/{part.name}", read_only=True) for part in place.site.parts]
    return found


def _now(root: Path) -> int:
    """This moment as the file system there dates it, in nanoseconds."""
    marker = root.with_name("laid")
    marker.touch()
    return marker.stat().st_ctime_ns
