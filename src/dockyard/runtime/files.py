"""Images' files on disk: unpacked once for each image of a data folder, and copied for each container.

Knows nothing about processes. No container gets at what is unpacked, and so none writes into another's files. Nothing
is ever written through a link, no link leaves the tree, devices and setuid bits are left out.
"""

from __future__ import annotations

import json
import os
import posixpath
import shutil
import tarfile
import tempfile
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dockyard.containers.disk import full_disk
from dockyard.containers.filesystem import FileEntry
from dockyard.containers.images import Image
from dockyard.containers.layers import clean
from dockyard.errors import EngineError
from dockyard.runtime.accounts import Account, mode_for

__all__ = ["Files", "Kept", "inside", "link", "remove_tree"]

_LISTING = "listing.json"
_UNFINISHED = "unpacking-"
_LINKS = "links"
#: So many unpacked images outlive a start, those that were used last.
_KEPT = 20


@dataclass(frozen=True, slots=True)
class Kept:
    """One path of an unpacked image: kind (directory, file, link), permission bits, owner, and a link's target."""

    kind: str
    mode: int
    uid: int
    gid: int
    target: str = ""


class Files:
    """The unpacked images. What was used last is kept from start to start. All of it may take a while."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        #: for `link`
        self.links = folder / _LINKS
        self._locks: dict[str, threading.Lock] = {}
        _tidy(folder)
        self._listings: dict[str, dict[str, Kept]] = {}

    def listing(self, image: Image) -> Mapping[str, Kept]:
        """Every path of an image, absolute and sorted; unpacks the image where it was not yet."""
        identifier = image.id.removeprefix("sha256:")
        with self._locks.setdefault(identifier, threading.Lock()):
            if identifier not in self._listings:
                place = self._folder / identifier
                if not (place / _LISTING).is_file():
                    self._unpack(image, place)
                os.utime(place)
                rows = json.loads((place / _LISTING).read_text())
                self._listings[identifier] = {path: Kept(*row) for path, row in rows.items()}
            return self._listings[identifier]

    def read(self, image: Image, path: str) -> str:
        """A small text file of an image; empty where it is not there."""
        kept = self.listing(image).get(path)
        if kept is None or kept.kind != "file":
            return ""
        return inside(self._folder / image.id.removeprefix("sha256:") / "root", path).read_text(errors="replace")

    def copy(self, image: Image, target: Path) -> None:
        """Make a container's own copy, all of it writable as yet; `settle` ends that."""
        source = self._folder / image.id.removeprefix("sha256:") / "root"
        listing = self.listing(image)
        target.mkdir(mode=0o755, parents=True)
        for path, each in listing.items():
            _copy(inside(source, path), inside(target, path), each)

    def settle(self, image: Image, target: Path, who: Account, passable: Iterable[str] = ()) -> None:
        """Give a copy the modes that hold for its user, folders after what is in them, and nothing behind a link.

        `passable` are folders that must be gone through, though perhaps not looked into: something is mounted below.
        """
        held: dict[str, Kept] = {}
        behind_links: set[str] = set()
        for path, each in self.listing(image).items():
            place = inside(target, path)
            if posixpath.dirname(path) in behind_links or place.is_symlink() or not place.exists():
                behind_links.add(path)
            else:
                held[path] = each
        for path, each in reversed(list(held.items())):
            folder = each.kind == "directory"
            through = 0o100 if path in passable else 0
            inside(target, path).chmod(mode_for(who, each.mode, each.uid, each.gid, folder=folder) | through)
        target.chmod(mode_for(who, 0o755, 0, 0, folder=True))

    def _unpack(self, image: Image, place: Path) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=self._folder))
        try:
            files = {path: entry for path, entry in image.files().items() if _is_kept(path, entry)}
            kept = _lay_out(building / "root", files)
            _fill(image, building / "root", {path: files[path] for path, each in kept.items() if each.kind == "file"})
            rows = {path: [each.kind, each.mode, each.uid, each.gid, each.target] for path, each in kept.items()}
            (building / _LISTING).write_text(json.dumps(rows))
            building.rename(place)
        finally:
            remove_tree(building)


def _tidy(folder: Path) -> None:
    """Remove what a killed sandbox left half unpacked, and images that were not used for long."""
    found = {*folder.glob("*")} - {folder / _LINKS}
    places = sorted(found, key=lambda place: place.stat().st_mtime, reverse=True)
    whole = [place for place in places if not place.name.startswith(_UNFINISHED)]
    for place in {*places} - {*whole[:_KEPT]}:
        remove_tree(place)


def inside(root: Path, path: str) -> Path:
    """Where an absolute path of a container lies below `root`; `..` leads no higher than that."""
    return root / posixpath.normpath("/" + path).lstrip("/")


def link(kept: Path, target: str, place: Path) -> None:
    """Make a symbolic link, as one more name of the one that `kept` has for this target.

    A container has two hundred, and a new one may take ext4 half a millisecond where many were deleted just now; a name
    of an old one takes a fiftieth. A container cannot change a link, only remove its name.
    """
    one = kept / target.replace("/", "|")
    try:
        if not one.is_symlink():
            kept.mkdir(exist_ok=True)
            with suppress(FileExistsError):  # of another container's start
                one.symlink_to(target)
        os.link(one, place, follow_symlinks=False)
    except OSError:  # it has as many names as a link can have here
        place.symlink_to(target)


def remove_tree(folder: Path) -> None:
    """Remove a folder and all in it, also where its folders forbid that."""
    for place, folders, _ in os.walk(folder):
        for name in folders:
            if not os.path.islink(path := os.path.join(place, name)):
                os.chmod(path, 0o700)
    shutil.rmtree(folder, ignore_errors=True)


def _is_kept(path: str, entry: FileEntry) -> bool:
    return entry.kind != "other" and ".." not in path.split("/") and "\0" not in path


def _lay_out(root: Path, files: Mapping[str, FileEntry]) -> dict[str, Kept]:
    """Make every folder, then every link that stands where nothing else must; say what is there."""
    kept: dict[str, Kept] = {}
    for path, entry in files.items():
        for above in _above(path):
            if kept.get(above, _FOLDER).kind != "directory":  # a link or a file cannot hold what lies below it
                kept[above] = _FOLDER
            kept.setdefault(above, _FOLDER)
        target = _within(path, entry.target) if entry.kind == "link" else ""
        kept[path] = Kept(entry.kind, entry.mode & 0o1777, entry.uid, entry.gid, target)
    root.mkdir()
    for path, each in sorted(kept.items()):
        if each.kind == "directory":
            inside(root, path).mkdir()
        elif each.kind == "link":
            inside(root, path).symlink_to(each.target)
    return dict(sorted(kept.items()))


_FOLDER = Kept("directory", 0o755, 0, 0)


def _above(path: str) -> list[str]:
    parts = path.strip("/").split("/")[:-1]
    return ["/" + "/".join(parts[: at + 1]) for at in range(len(parts))]


def _within(path: str, target: str) -> str:
    """A link's target as the container means it, written so that it stays in the tree wherever that lies."""
    folder = posixpath.dirname(path)
    meant = posixpath.normpath(posixpath.join(folder, target))
    return posixpath.relpath("/" + meant.lstrip("/"), folder)


def _fill(image: Image, root: Path, files: Mapping[str, FileEntry]) -> None:
    """Write the files' content, each layer read once from its beginning to its end."""
    for index, layer in enumerate(image.layers):
        wanted: dict[str, list[str]] = {}
        for path, entry in files.items():
            if entry.layer_index == index:
                wanted.setdefault(entry.member, []).append(path)
        if wanted:
            _read_layer(image, layer.digest, root, wanted)


def _read_layer(image: Image, digest: str, root: Path, wanted: Mapping[str, list[str]]) -> None:
    try:
        with image.blobs.open(digest) as blob, tarfile.open(fileobj=blob, mode="r|*") as archive:
            for member in archive:
                paths = wanted.get(clean(member.name), [])
                content = archive.extractfile(member) if paths and member.isreg() else None
                if content is not None:
                    first, *others = (inside(root, path) for path in paths)
                    with first.open("wb") as file:
                        shutil.copyfileobj(content, file, 1 << 20)
                    for other in others:
                        shutil.copyfile(first, other)
    except (tarfile.TarError, OSError) as error:
        refusal = EngineError(f"layer {digest} cannot be unpacked: {error}.", status=500)
        raise full_disk(error) or refusal from error


def _copy(source: Path, target: Path, kept: Kept) -> None:
    if kept.kind == "directory":
        target.mkdir(mode=0o700)
    elif kept.kind == "link":
        target.symlink_to(kept.target)
    elif source.is_file():
        shutil.copyfile(source, target)
