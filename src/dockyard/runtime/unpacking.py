"""An archive put into a container's files: what `docker cp` brings in.

Knows nothing about requests. The archive is read whole before anything is written: what leaves its folder, a device and
a pipe are refused. Another name of a file in it becomes a copy.
"""

from __future__ import annotations

import errno
import os
import posixpath
import shutil
import stat
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from dockyard.containers.archives import entries_of, opened
from dockyard.containers.layers import Entry, clean
from dockyard.errors import EngineError
from dockyard.runtime.modes import Modes
from dockyard.runtime.tree import Seen, Tree, seen_at

__all__ = ["Unpacking"]

_WHAT = "the archive"
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class Unpacking:
    """How archives are put in: `keep_kinds` refuses a file for a folder and the reverse; `own`: all is its user's."""

    tree: Tree
    modes: Modes
    keep_kinds: bool
    own: bool

    def unpack(self, archive: Path, folder: str) -> None:
        """Put what an archive holds into the folder at a resolved path; blocking. EngineError, OSError."""
        with ExitStack() as keep:
            tar = opened(keep.enter_context(archive.open("rb")), _WHAT, keep)
            entries = entries_of(tar, _WHAT)
            times = {clean(member.name): member.mtime for member in tar}
            for below, group in groupby(entries.values(), key=lambda entry: posixpath.dirname(entry.path)):
                above = self.tree.resolved(posixpath.join(folder, below))
                if self.tree.is_read_only(above):
                    raise EngineError("mounted volume is marked read-only", status=403)
                with self.tree.folder(above) as descriptor, _writable(descriptor):
                    for entry in group:
                        self._put(descriptor, posixpath.join(above, posixpath.basename(entry.path)), entry, times)

    def _put(self, folder: int, path: str, entry: Entry, times: Mapping[str, float]) -> None:
        name = posixpath.basename(path)
        seen = seen_at(folder, name)
        stays = seen is not None and seen.kind == entry.kind == "directory"
        if self.tree.is_mounted(path):
            if entry.kind != "directory":
                raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), path)
            return
        if seen is not None and entry.path not in times:
            return  # only implied by what lies below it: a link to a folder stays one
        if seen is not None and not stays:
            self._make_way(folder, name, path, seen, entry)
        owner = (self.modes.account.uid, self.modes.account.gid) if self.own else (entry.uid, entry.gid)
        mode = self.modes.settle(path, entry.kind, entry.mode, owner)
        _made(folder, name, path, entry, mode, is_new=not stays)
        _dated(folder, name, times.get(entry.path))

    def _make_way(self, folder: int, name: str, path: str, seen: Seen, entry: Entry) -> None:
        """Take away what stands where something else is to be."""
        was, becomes = seen.kind == "directory", entry.kind == "directory"
        if was != becomes and self.keep_kinds:
            words = ("directory", "non-directory") if was else ("non-directory", "directory")
            raise EngineError(f'cannot overwrite {words[0]} "{path}" with {words[1]} "{path}"')
        if was:
            shutil.rmtree(name, dir_fd=folder)
        else:
            os.unlink(name, dir_fd=folder)


@contextmanager
def _writable(descriptor: int) -> Iterator[None]:
    """A folder of ours in which the container's user may not write is written to all the same, as Docker does."""
    mode = stat.S_IMODE(os.fstat(descriptor).st_mode)
    if mode & 0o300 == 0o300:
        yield
        return
    with suppress(PermissionError):
        os.fchmod(descriptor, mode | 0o300)
    try:
        yield
    finally:
        with suppress(PermissionError):
            os.fchmod(descriptor, mode)


def _made(folder: int, name: str, path: str, entry: Entry, mode: int, *, is_new: bool) -> None:
    if entry.kind == "link":
        os.symlink(_inside(path, entry.target), name, dir_fd=folder)
    elif entry.kind == "directory":
        if is_new:
            os.mkdir(name, 0o700, dir_fd=folder)
        descriptor = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
        with suppress(PermissionError):  # a folder of the host that is mounted keeps its mode
            os.fchmod(descriptor, mode)
        os.close(descriptor)
    else:
        _write(os.open(name, _NEW, 0o600, dir_fd=folder), entry, mode)


def _write(descriptor: int, entry: Entry, mode: int) -> None:
    with open(descriptor, "wb") as file:
        if entry.opener is not None:
            with entry.opener() as content:
                shutil.copyfileobj(content, file, 1 << 20)
        file.flush()
        os.fchmod(descriptor, mode)


def _inside(path: str, target: str) -> str:
    """A link's target, written so that it stays in the tree wherever that lies."""
    folder = posixpath.dirname(path)
    meant = posixpath.normpath(posixpath.join(folder, target))
    return posixpath.relpath("/" + meant.lstrip("/"), folder)


def _dated(folder: int, name: str, when: float | None) -> None:
    with suppress(OSError, OverflowError, ValueError):
        if when is not None:
            os.utime(name, (when, when), dir_fd=folder, follow_symlinks=False)
