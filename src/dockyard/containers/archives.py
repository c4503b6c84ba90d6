"""Archives read where they lie: tar, plain or compressed, from a client or for an ADD.

Knows nothing about contexts and Dockerfiles. Nothing is unpacked into the file system: a compressed archive becomes a
nameless temporary file, so memory stays constant, and what it may unpack to is limited.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import posixpath
import tarfile
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import IO, cast

from dockyard.containers.disk import full_disk, writing
from dockyard.containers.headers import BROKEN, Header
from dockyard.containers.layers import Entry, Opener, clean, directory
from dockyard.errors import EngineError

__all__ = ["LARGEST", "entries_of", "is_archive", "opened"]

#: what a compressed archive may unpack to: a bomb must not fill the disk
LARGEST = 8 << 30
_PIECE = 1 << 20
_MAGIC = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\x00": "xz"}


def opened(file: IO[bytes], what: str, keep: ExitStack) -> tarfile.TarFile:
    """The archive in a file, ready to be read in any order until `keep` is closed; EngineError where it is none."""
    try:
        return keep.enter_context(
            tarfile.open(fileobj=keep.enter_context(_plain(file, what)), mode="r:", tarinfo=Header)
        )
    except BROKEN as error:
        raise full_disk(error) or _no_archive(what, error) from error


def _plain(file: IO[bytes], what: str) -> IO[bytes]:
    start = file.read(6)
    file.seek(0)
    kind = next((name for magic, name in _MAGIC.items() if start.startswith(magic)), "")
    if not kind:
        return file
    plain = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    try:
        with writing(Path(tempfile.gettempdir())), file, _unpacked(file, kind) as unpacked:
            _copy(unpacked, plain, what)
    except BaseException:
        plain.close()
        raise
    plain.seek(0)
    return plain


def _unpacked(file: IO[bytes], kind: str) -> IO[bytes]:
    match kind:
        case "gzip":
            return cast("IO[bytes]", gzip.GzipFile(fileobj=file))
        case "bzip2":
            return cast("IO[bytes]", bz2.BZ2File(file))
        case _:
            return cast("IO[bytes]", lzma.LZMAFile(file))


def _copy(unpacked: IO[bytes], plain: IO[bytes], what: str) -> None:
    while piece := unpacked.read(_PIECE):
        if plain.tell() + len(piece) > LARGEST:
            raise EngineError(
                f"{what} unpacks to more than {LARGEST} bytes.",
                next_step="Name in .dockerignore what the image does not need.",
            )
        plain.write(piece)


def _no_archive(what: str, error: Exception) -> EngineError:
    sentence = f"{what} is not a tar archive: {error or type(error).__name__}."
    return EngineError(sentence, next_step="Send the folder as tar, or as tar with gzip, bzip2 or xz.")


def entries_of(archive: tarfile.TarFile, what: str) -> Mapping[str, Entry]:
    """What an archive holds by path, owners as it says; EngineError for a path that leaves it, a device, a cut end."""
    try:
        found = {clean(member.name): member for member in archive}
    except BROKEN as error:
        raise _no_archive(what, error) from error
    reading = _Reading(archive, found, what)
    entries = {path: reading.entry(path, member) for path, member in sorted(found.items()) if path}
    entries = dict(sorted({**_implied(entries), **entries}.items()))
    if sum(entry.size for entry in entries.values()) > LARGEST:  # a sparse file says what it likes
        raise EngineError(f"{what} holds more than {LARGEST} bytes.")
    return entries


def _implied(entries: Mapping[str, Entry]) -> dict[str, Entry]:
    """The folders that an archive does not name and that lie above what it names."""
    above = set[str]()
    for path in entries:
        while (path := posixpath.dirname(path)) and path not in above:
            above.add(path)
    return {path: directory(path) for path in sorted(above - entries.keys())}


class _Reading:
    """Turns the members of one archive into entries."""

    def __init__(self, archive: tarfile.TarFile, members: Mapping[str, tarfile.TarInfo], what: str) -> None:
        self._archive = archive
        self._members = members
        self._what = what

    def entry(self, path: str, member: tarfile.TarInfo) -> Entry:
        """One member as an entry."""
        if ".." in path.split("/") or "\0" in path:
            raise EngineError(f"{self._what} holds {member.name!r}, which leaves the folder.")
        mode, owner = member.mode & 0o7777, (member.uid, member.gid)
        if member.isdir():
            return Entry(path, "directory", mode, *owner)
        if member.issym():
            return Entry(path, "link", 0o777, *owner, target=member.linkname)
        if not (member.isreg() or member.islnk()):
            raise EngineError(f"{self._what} holds {member.name!r}, which is neither a file, a folder nor a link.")
        held = self._held(member)
        opener = cast(Opener, partial(self._archive.extractfile, held))
        return Entry(path, "file", mode, *owner, size=held.size, opener=opener)

    def _held(self, member: tarfile.TarInfo) -> tarfile.TarInfo:
        """The member with the content: for a hard link the file that it names."""
        held, before = member, set[str]()
        while held.islnk() and held.name not in before:
            before.add(held.name)
            held = self._members.get(clean(held.linkname), held)
        if not held.isreg():
            raise EngineError(f"{self._what} holds {member.name!r}, a link to no file in it.")
        return held


def is_archive(entry: Entry) -> bool:
    """Whether ADD would unpack a file: by its content, whatever its name."""
    if entry.opener is None or not entry.size:
        return False
    try:
        with entry.opener() as content, tarfile.open(fileobj=content, mode="r|*", tarinfo=Header) as archive:
            return archive.next() is not None
    except BROKEN:
        return False
