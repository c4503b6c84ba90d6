"""Layers: file entries to a gzip tar and back, always the same bytes for the same files.

Knows nothing about Dockerfiles or images. Written entries are sorted, dated 1970, and name their owners by number.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import IO, cast

from dockyard.containers.blobs import BlobStore, Upload
from dockyard.containers.headers import DamagedError, Header
from dockyard.containers.oci import Layer
from dockyard.errors import EngineError

__all__ = [
    "Entry",
    "clean",
    "content_digest",
    "directory",
    "members",
    "open_member",
    "repacked",
    "text_file",
    "write_layer",
]

Opener = Callable[[], AbstractContextManager[IO[bytes]]]
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Entry:
    """One path of a layer: relative, without a leading slash. A link has a target, a file with content an opener."""

    path: str
    kind: str = "file"  # file, directory, link
    mode: int = 0o644
    uid: int = 0
    gid: int = 0
    size: int = 0
    target: str = ""
    opener: Opener | None = None

    @property
    def content_size(self) -> int:
        """The bytes that Docker counts: of a file its content, of a link its target, of a directory none."""
        return len(self.target.encode()) if self.kind == "link" else self.size if self.kind == "file" else 0

    def information(self) -> tarfile.TarInfo:
        """The tar header of this entry, with nothing in it that varies."""
        header = tarfile.TarInfo(self.path)
        header.mode, header.uid, header.gid, header.mtime = self.mode, self.uid, self.gid, 0
        header.type = {"directory": tarfile.DIRTYPE, "link": tarfile.SYMTYPE}.get(self.kind, tarfile.REGTYPE)
        header.linkname = self.target
        header.size = self.size if self.kind == "file" else 0
        return header


def directory(path: str, mode: int = 0o755) -> Entry:
    """A folder owned by root."""
    return Entry(path, "directory", mode)


def text_file(path: str, text: str, mode: int = 0o644) -> Entry:
    """A small file owned by root."""
    data = text.encode()
    return Entry(path, mode=mode, size=len(data), opener=lambda: io.BytesIO(data))


class _UploadFile:
    """An upload as a file that gzip can write to."""

    def __init__(self, upload: Upload) -> None:
        self._upload = upload

    def write(self, data: bytes) -> int:
        """Append compressed bytes."""
        self._upload.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back here."""


class _HashedFile:
    """A file that hashes the tar on its way into gzip."""

    def __init__(self, compressed: gzip.GzipFile) -> None:
        self.hash = hashlib.sha256()
        self._compressed = compressed

    def write(self, data: bytes) -> int:
        """Take tar bytes."""
        self.hash.update(data)
        return self._compressed.write(data)


def write_layer(blobs: BlobStore, entries: Iterable[Entry], nominal_size: int = 0) -> Layer:
    """Write entries as one layer blob and say what it is; nothing stays where reading an entry fails.

    Its files are counted where it stands for no other size.
    """
    upload, written = blobs.begin(), sorted(entries, key=lambda each: each.path)
    try:
        diff_id = _write_tar(upload, written)
    except BaseException:
        upload.discard()
        raise
    digest, size = upload.digest, upload.offset
    upload.finish(digest)
    counted = None if nominal_size else sum(each.content_size for each in written)
    return Layer(digest, diff_id, size, nominal_size, counted)


def _write_tar(upload: Upload, entries: Iterable[Entry]) -> str:
    target = cast("IO[bytes]", _UploadFile(upload))
    with gzip.GzipFile(filename="", mode="wb", compresslevel=1, fileobj=target, mtime=0) as compressed:
        hashed = _HashedFile(compressed)
        with tarfile.open(fileobj=cast("IO[bytes]", hashed), mode="w|", format=tarfile.PAX_FORMAT) as archive:
            for entry in entries:
                _add(archive, entry)
    return "sha256:" + hashed.hash.hexdigest()


def repacked(blobs: BlobStore, content: IO[bytes]) -> Layer:
    """A layer of another engine kept as a blob: gzip stays as it is, a plain tar is packed. OSError for broken gzip."""
    packed = content.read(2) == b"\x1f\x8b"
    content.seek(0)
    upload = blobs.begin()
    try:
        diff_id = _kept_packed(content, upload) if packed else _packed(content, upload)
    except BaseException:
        upload.discard()
        raise
    digest, size = upload.digest, upload.offset
    upload.finish(digest)
    return Layer(digest, diff_id, size)


def _kept_packed(content: IO[bytes], upload: Upload) -> str:
    while chunk := content.read(_CHUNK):
        upload.append(chunk)
    content.seek(0)
    plain = hashlib.sha256()
    with gzip.GzipFile(fileobj=content, mode="rb") as unpacked:
        while chunk := unpacked.read(_CHUNK):
            plain.update(chunk)
    return "sha256:" + plain.hexdigest()


def _packed(content: IO[bytes], upload: Upload) -> str:
    target = cast("IO[bytes]", _UploadFile(upload))
    with gzip.GzipFile(filename="", mode="wb", compresslevel=1, fileobj=target, mtime=0) as compressed:
        hashed = _HashedFile(compressed)
        while chunk := content.read(_CHUNK):
            hashed.write(chunk)
    return "sha256:" + hashed.hash.hexdigest()


def _add(archive: tarfile.TarFile, entry: Entry) -> None:
    if entry.kind != "file" or entry.opener is None:
        archive.addfile(entry.information())
        return
    with entry.opener() as content:
        archive.addfile(entry.information(), content)


def content_digest(entries: Iterable[Entry]) -> str:
    """One digest over paths, modes, owners and content: what decides whether a cached layer may be used."""
    total = hashlib.sha256()
    for entry in sorted(entries, key=lambda each: each.path):
        facts = (entry.path, entry.kind, entry.mode, entry.uid, entry.gid, entry.size, entry.target)
        total.update(repr(facts).encode())
        if entry.opener is not None:
            with entry.opener() as content:
                while chunk := content.read(_CHUNK):
                    total.update(chunk)
    return total.hexdigest()


def members(blobs: BlobStore, digest: str) -> Iterator[tarfile.TarInfo]:
    """The headers of a layer, in its order; names without `./` or a leading slash."""
    with _archive(blobs, digest) as archive:
        for member in archive:
            member.name = clean(member.name)
            yield member


@contextmanager
def open_member(blobs: BlobStore, digest: str, path: str) -> Iterator[IO[bytes]]:
    """The content of one file of a layer, read as a stream; KeyError where the layer has no such file."""
    with _archive(blobs, digest) as archive:
        for member in archive:
            if clean(member.name) == path and (content := archive.extractfile(member)):
                yield content
                return
        raise KeyError(path)


def clean(name: str) -> str:
    """A tar member's name as a path: no leading `./` or `/`, no trailing slash."""
    parts = [part for part in name.split("/") if part not in ("", ".")]
    return "/".join(parts)


@contextmanager
def _archive(blobs: BlobStore, digest: str) -> Iterator[tarfile.TarFile]:
    with blobs.open(digest) as blob:
        try:
            with tarfile.open(fileobj=blob, mode="r|*", tarinfo=Header) as archive:
                yield archive
        except (tarfile.TarError, EOFError, zlib.error, DamagedError) as error:
            raise EngineError(
                f"layer {digest} is not a tar this engine can read: {error}.",
                next_step="It reads plain and gzip layers.",
            ) from error
