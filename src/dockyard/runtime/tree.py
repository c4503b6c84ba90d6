"""The files of one container by the paths it has for them: every link is followed inside it, none leads out.

Knows nothing about archives and images. A path is opened folder by folder and never through a link, so what somebody
puts there in between is refused, not followed.
"""

from __future__ import annotations

import os
import posixpath
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dockyard.containers.filesystem import followed
from dockyard.runtime.isolation import Mounted

__all__ = ["Seen", "Tree", "seen_at"]

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_OWN = ".dockyard"  # what stands there is Dockyard's


@dataclass(frozen=True, slots=True)
class Seen:
    """What is at a path: directory, file, link or other, a link's target, and what the system says of it."""

    kind: str
    target: str
    status: os.stat_result


class Tree:
    """A container's files with what is mounted in them. What is wrong with a path is an OSError, as with any file."""

    def __init__(self, root: Path, mounts: Iterable[Mounted] = ()) -> None:
        self._root = root
        self._mounts = {mount.target: mount for mount in mounts}

    def resolved(self, path: str, *, last: bool = True) -> str:
        """An absolute path with no link in it; unless `last`, a link at its end stays one, as with `ls -l`."""
        folder, _, name = path.rpartition("/")
        if last or name in ("", ".", ".."):
            return "/" + followed(path, self._seen_below)
        return posixpath.join("/" + followed(folder, self._seen_below), name)

    def _seen_below(self, path: str) -> Seen | None:
        return self.look(f"/{path}")

    def look(self, path: str) -> Seen | None:
        """What is at a resolved path; None where nothing is."""
        try:
            with self.at(path) as (folder, name):
                return seen_at(folder, name)
        except (FileNotFoundError, NotADirectoryError):
            return None

    def names(self, path: str) -> list[str]:
        """What a folder at a resolved path holds, sorted."""
        with self.folder(path) as descriptor:
            return sorted(name for name in os.listdir(descriptor) if path != "/" or name != _OWN)

    @contextmanager
    def at(self, path: str) -> Iterator[tuple[int, str]]:
        """The open folder in which the thing at a resolved path is, and its name there."""
        mount = self._mounts.get(path)
        if mount is not None:
            place, name = os.path.split(os.path.realpath(mount.source))
            descriptor = os.open(place, _FOLDER)
        else:
            place, name = posixpath.split(path)
            descriptor = self._opened(place)
        try:
            yield descriptor, name or "."
        finally:
            os.close(descriptor)

    @contextmanager
    def folder(self, path: str) -> Iterator[int]:
        """The open folder at a resolved path."""
        descriptor = self._opened(path)
        try:
            yield descriptor
        finally:
            os.close(descriptor)

    def _opened(self, path: str) -> int:
        mount = self._mount_above(path)
        place = os.path.realpath(mount.source) if mount else self._root
        below = path[len(mount.target) :] if mount else path
        descriptor = os.open(place, _FOLDER)
        for part in below.strip("/").split("/") if below.strip("/") else ():
            above = descriptor
            try:
                descriptor = os.open(part, _FOLDER | os.O_NOFOLLOW, dir_fd=above)
            finally:
                os.close(above)
        return descriptor

    def _mount_above(self, path: str) -> Mounted | None:
        """The mount that a resolved path is in, or is."""
        above = [target for target in self._mounts if path == target or path.startswith(f"{target}/")]
        return self._mounts[max(above, key=len)] if above else None

    def is_mounted(self, path: str) -> bool:
        """Whether something is mounted just there."""
        return path in self._mounts

    def is_read_only(self, path: str) -> bool:
        """Whether a resolved path is in a mount that may only be read."""
        mount = self._mount_above(path)
        return mount is not None and mount.read_only


def seen_at(folder: int, name: str) -> Seen | None:
    """What an open folder has by a name; None where it has nothing."""
    try:
        status = os.stat(name, dir_fd=folder, follow_symlinks=False)
        kind = _kind(status.st_mode)
        return Seen(kind, os.readlink(name, dir_fd=folder) if kind == "link" else "", status)
    except FileNotFoundError:
        return None


def _kind(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "directory"
    if stat.S_ISLNK(mode):
        return "link"
    return "file" if stat.S_ISREG(mode) else "other"
