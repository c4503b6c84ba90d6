"""A part of a container's files as a tar, piece by piece: what `docker cp` takes out of it.

Knows nothing about requests. What cannot be read, or goes while it is read, is left out as Docker leaves it out.
"""

from __future__ import annotations

import os
import posixpath
import stat
import tarfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from dockyard.runtime.modes import Modes
from dockyard.runtime.tree import Seen, Tree

__all__ = ["opened", "packed"]

_PIECE = 1 << 18
_TYPES = {"directory": tarfile.DIRTYPE, "link": tarfile.SYMTYPE, "file": tarfile.REGTYPE, "other": tarfile.FIFOTYPE}


def packed(tree: Tree, modes: Modes, path: str, name: str) -> Iterator[bytes]:
    """The tar of what is at a resolved path and below it, with `name`, or nothing, in its place; blocking."""
    waiting = bytearray()
    for piece in _pieces(tree, modes, path, name):
        waiting += piece
        if len(waiting) >= _PIECE:
            yield bytes(waiting)
            waiting.clear()
    yield bytes(waiting) + bytes(2 * tarfile.BLOCKSIZE)


def _pieces(tree: Tree, modes: Modes, path: str, name: str) -> Iterator[bytes]:
    todo = [(path, name)]
    while todo:
        place, called = todo.pop()
        with suppress(OSError):
            seen = tree.look(place)
            if seen is None or (seen.kind == "other" and not stat.S_ISFIFO(seen.status.st_mode)):
                continue
            if seen.kind == "directory":
                below = tree.names(place)
                todo += [(_joined(place, each), _joined(called, each)) for each in reversed(below)]
            if called:
                target = _target(path, place, seen.target)
                yield from _member(tree, modes, place, called, replace(seen, target=target))


def _joined(folder: str, name: str) -> str:
    return f"{folder.rstrip('/')}/{name}" if folder else name


def _target(top: str, path: str, target: str) -> str:
    """A link's target; one that leads out of what is copied is named from the root, or clients refuse it."""
    meant = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
    return target if not target or f"{meant}/".startswith(f"{top.rstrip('/')}/") else meant


def _member(tree: Tree, modes: Modes, path: str, called: str, seen: Seen) -> Iterator[bytes]:
    header = tarfile.TarInfo(called)
    header.type, header.linkname = _TYPES[seen.kind], seen.target
    header.mode, header.uid, header.gid = modes.of(path, seen)
    header.mtime = int(seen.status.st_mtime)
    if seen.kind != "file":
        yield header.tobuf(tarfile.PAX_FORMAT)
        return
    descriptor = opened(tree, path)
    try:
        header.size = os.fstat(descriptor).st_size
        yield header.tobuf(tarfile.PAX_FORMAT)
        yield from _content(descriptor, header.size)
    finally:
        os.close(descriptor)


def opened(tree: Tree, path: str) -> int:
    """A file at a resolved path, open for reading; OSError where it is none, or may not be read."""
    with tree.at(path) as (folder, name):
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    raise FileNotFoundError(path)


def _content(descriptor: int, size: int) -> Iterator[bytes]:
    """As many bytes as were promised: a file that shrinks is filled, one that grows is cut."""
    left = size
    while left and (data := os.read(descriptor, min(left, _PIECE))):
        left -= len(data)
        yield data
    while left:
        yield bytes(min(left, _PIECE))
        left -= min(left, _PIECE)
    yield bytes(-size % tarfile.BLOCKSIZE)
