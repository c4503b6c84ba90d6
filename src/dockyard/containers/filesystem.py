"""The files of an image: its layers laid over each other, whiteouts honoured.

Knows nothing about how the layers were made. Paths are absolute, as a container would see them.
See the OCI image specification, layer.md, for whiteouts.
"""

from __future__ import annotations

import functools
import tarfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from dockyard.containers.blobs import BlobStore
from dockyard.containers.layers import clean, members

__all__ = ["FileEntry", "followed", "layer_entries", "merge"]

_WHITEOUT = ".wh."
_OPAQUE = ".wh..wh..opq"
_MOST_LINKS = 255


@dataclass(frozen=True, slots=True)
class FileEntry:
    """What an image holds at one path: bytes, permission bits, owner, which layer it comes from (0 is the lowest)."""

    size: int
    mode: int
    uid: int
    layer_index: int
    gid: int = 0
    kind: str = "file"  # file, directory, link, other
    target: str = ""
    member: str = ""  # the path inside the layer that holds the content


class Linked(Protocol):
    """What can be a link: an image's entry or a context's."""

    @property
    def kind(self) -> str:
        """`link` for a link."""

    @property
    def target(self) -> str:
        """Where it leads, as it was written."""


def followed(path: str, look: Callable[[str], Linked | None]) -> str:
    """Where a path leads when every link in it is followed inside the tree; `..` cannot leave the tree.

    Paths are relative to the tree, without a leading slash. OSError where links lead in a circle.
    """
    parts, reached, links = path.split("/")[::-1], list[str](), 0
    while parts:
        part = parts.pop()
        if part in ("", "."):
            continue
        if part == "..":
            reached = reached[:-1]
            continue
        entry = look("/".join([*reached, part]))
        if entry is None or entry.kind != "link":
            reached.append(part)
            continue
        links += 1
        if links > _MOST_LINKS:
            raise OSError(f"too many links in {path}")
        reached = [] if entry.target.startswith("/") else reached
        parts += entry.target.split("/")[::-1]
    return "/".join(reached)


def layer_entries(blobs: BlobStore, digest: str, index: int) -> dict[str, FileEntry]:
    """One layer alone, whiteouts shown as they are."""
    return dict(_read(blobs, digest, index))


@functools.lru_cache(maxsize=32)
def _read(blobs: BlobStore, digest: str, index: int) -> Mapping[str, FileEntry]:
    """Kept: a digest names the same bytes for ever, and whoever judges an image asks for its files a dozen times."""
    found = {"/" + member.name: _entry(member, index) for member in members(blobs, digest) if member.name}
    return {path: _sized(entry, found) for path, entry in found.items()}


def _sized(entry: FileEntry, layer: dict[str, FileEntry]) -> FileEntry:
    """A hard link has the size of the file it is another name of."""
    held = layer.get("/" + entry.member, entry)
    return replace(entry, size=held.size)


def _entry(member: tarfile.TarInfo, index: int) -> FileEntry:
    kind = _kind(member)
    held_by = clean(member.linkname) if member.islnk() else member.name
    target = member.linkname if member.issym() else ""
    return FileEntry(member.size, member.mode & 0o7777, member.uid, index, member.gid, kind, target, held_by)


def _kind(member: tarfile.TarInfo) -> str:
    if member.isdir():
        return "directory"
    if member.issym():
        return "link"
    return "file" if member.isreg() or member.islnk() else "other"


def merge(layers: Iterable[Mapping[str, FileEntry]]) -> dict[str, FileEntry]:
    """Lay layers over each other, lowest first; sorted by path."""
    merged: dict[str, FileEntry] = {}
    for layer in layers:
        for path in layer:
            _remove_below(merged, path)
        for path, entry in layer.items():
            if not _name(path).startswith(_WHITEOUT):
                _place(merged, path, entry)
    return dict(sorted(merged.items()))


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _remove_below(merged: dict[str, FileEntry], path: str) -> None:
    """What a whiteout hides: one path with all under it, or (opaque) all under its folder."""
    folder, _, name = path.rpartition("/")
    if name == _OPAQUE:
        _forget_under(merged, folder)
    elif name.startswith(_WHITEOUT):
        hidden = f"{folder}/{name.removeprefix(_WHITEOUT)}"
        merged.pop(hidden, None)
        _forget_under(merged, hidden)


def _place(merged: dict[str, FileEntry], path: str, entry: FileEntry) -> None:
    before = merged.get(path)
    if before is not None and before.kind == "directory" and entry.kind != "directory":
        _forget_under(merged, path)
    merged[path] = entry


def _forget_under(merged: dict[str, FileEntry], folder: str) -> None:
    for path in [path for path in merged if path.startswith(folder + "/")]:
        del merged[path]
