"""The files of an image while one RUN works on them: what lies below, and what the new layer holds over it.

Knows nothing about commands. Paths are absolute, as a container sees them.
"""

from __future__ import annotations

import fnmatch
import io
import posixpath
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from typing import IO, Protocol

from dockyard.containers.filesystem import FileEntry
from dockyard.containers.layers import Entry, directory

__all__ = ["Workspace"]

_MOST_LINKS = 40


class Below(Protocol):
    """The image whose files are worked on."""

    def open_file(self, entry: FileEntry) -> AbstractContextManager[IO[bytes]]:
        """The content of one of its files."""


class Workspace:
    """A tree of entries by absolute path; what is changed becomes the layer. `owner` has what is new: uid and gid."""

    def __init__(self, below: Below, files: Mapping[str, FileEntry], owner: tuple[int, int] = (0, 0)) -> None:
        self.owner = owner
        self._below = below
        self._files = files
        self._new: dict[str, Entry] = {}
        self._gone: set[str] = set()

    def real(self, path: str) -> str:
        """The path with links in its folders followed; a link at its end stays."""
        folder, name = posixpath.split(posixpath.normpath("/" + path.strip("/")))
        for _ in range(_MOST_LINKS):
            link = next((each for each in _upwards(folder) if self._kind(each) == "link"), None)
            if link is None:
                break
            entry = self._at(link)
            target = posixpath.join(posixpath.dirname(link), entry.target if entry else "")
            folder = posixpath.normpath("/" + (target + folder[len(link) :]).strip("/"))
        return posixpath.join(folder, name)

    def find(self, path: str) -> Entry | None:
        """What lies at a path, links at its end followed; None where there is nothing."""
        for _ in range(_MOST_LINKS):
            path = self.real(path)
            entry = self._at(path)
            if entry is None or entry.kind != "link":
                return entry
            path = posixpath.join(posixpath.dirname(path), entry.target)
        return None

    def exact(self, path: str) -> Entry | None:
        """What lies at a path, be it a link."""
        return self._at(self.real(path))

    def _at(self, path: str) -> Entry | None:
        if path == "/":
            return directory("")
        if path in self._new:
            return self._new[path]
        file = self._files.get(path)
        if file is None or self._is_gone(path):
            return None
        opener = partial(self._below.open_file, file) if file.kind == "file" else None
        return Entry(path.strip("/"), file.kind, file.mode, file.uid, file.gid, file.size, file.target, opener)

    def _kind(self, path: str) -> str:
        if path not in self._new and path not in self._files:
            return ""
        entry = self._at(path)
        return entry.kind if entry else ""

    def _is_gone(self, path: str) -> bool:
        return bool(self._gone) and any(each in self._gone for each in _upwards(path))

    def below(self, path: str) -> list[str]:
        """Every path under a folder, sorted, so that a folder comes before what lies in it."""
        prefix = path.rstrip("/") + "/"
        old = (each for each in self._files if each.startswith(prefix) and not self._is_gone(each))
        return sorted({*old, *(each for each in self._new if each.startswith(prefix))})

    def matching(self, pattern: str, folder: str) -> list[str]:
        """The paths that a shell's pattern names, as the shell would write them; none where nothing matches."""
        whole = posixpath.normpath(posixpath.join(folder, pattern))
        depth, parent = whole.count("/"), _fixed_part(whole)
        found = [each for each in self.below(parent) if each.count("/") == depth and _matches(each, whole)]
        if pattern.startswith("/"):
            return found
        prefix = folder.rstrip("/") + "/"
        return [each.removeprefix(prefix) for each in found]

    def read(self, path: str) -> bytes | None:
        """A file's content; None where there is no such file."""
        entry = self.find(path)
        if entry is None or entry.opener is None:
            return None
        with entry.opener() as content:
            return content.read()

    def put(self, path: str, entry: Entry) -> None:
        """Lay an entry at a path, over what was there; folders above it must be there."""
        path = self.real(path)
        self._new[path] = replace(entry, path=path.strip("/"))

    def write(self, path: str, content: bytes) -> None:
        """Write a file; one that is there keeps its mode and owner."""
        old = self.find(path)
        mode, (uid, gid) = (old.mode, (old.uid, old.gid)) if old else (0o644, self.owner)
        self.put(path, Entry(path, "file", mode, uid, gid, len(content), opener=lambda: io.BytesIO(content)))

    def make_folders(self, path: str, mode: int = 0o755) -> None:
        """Make a folder and those above it that are missing; NotADirectoryError where a file is in the way."""
        for each in reversed(list(_upwards(posixpath.normpath("/" + path.strip("/"))))):
            entry = self.find(each)
            if entry is None:
                new = directory(each, mode if each.strip("/") == path.strip("/") else 0o755)
                self.put(each, replace(new, uid=self.owner[0], gid=self.owner[1]))
            elif entry.kind != "directory":
                raise NotADirectoryError(each)

    def refused(self, path: str) -> str:
        """The first path of a folder and those above it that `owner` has no right to make; "" where it may write."""
        (uid, gid), missing = self.owner, path
        for each in (*_upwards(posixpath.normpath(path)), "/"):
            entry = self.find(each)
            if entry is not None:
                right = 0o200 if entry.uid == uid else 0o020 if entry.gid == gid else 0o002
                return "" if uid == 0 or entry.mode & right else missing
            missing = each
        return ""

    def remove(self, path: str) -> None:
        """Take away what lies at a path, and all under it."""
        path = self.real(path)
        for each in [each for each in self._new if each == path or each.startswith(path + "/")]:
            del self._new[each]
        if path in self._files or any(each.startswith(path + "/") for each in self._files):
            self._gone.add(path)

    def layer(self) -> list[Entry]:
        """What the new layer holds: entries, and a whiteout for each path of the image that is gone."""
        tops = [
            path for path in self._gone if not any(each in self._gone for each in _upwards(posixpath.dirname(path)))
        ]
        hidden = (posixpath.join(posixpath.dirname(path), f".wh.{posixpath.basename(path)}") for path in tops)
        return [*self._new.values(), *(Entry(path.strip("/")) for path in hidden)]


def _upwards(path: str) -> Iterator[str]:
    """A path and the folders above it, without the root."""
    while path not in ("", "/"):
        yield path
        path = posixpath.dirname(path)


def _fixed_part(pattern: str) -> str:
    """The folder above the first wildcard."""
    first = next((at for at, character in enumerate(pattern) if character in "*?["), len(pattern))
    return posixpath.dirname(pattern[:first]) or "/"


def _matches(path: str, pattern: str) -> bool:
    """Part by part, as a shell does: a wildcard meets neither a slash nor a leading dot."""
    pairs = zip(path.split("/"), pattern.split("/"), strict=True)
    return all(
        fnmatch.fnmatchcase(part, wanted) and (not part.startswith(".") or wanted.startswith("."))
        for part, wanted in pairs
    )
