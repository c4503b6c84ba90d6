"""Blobs on disk, named by their SHA-256 digest and written in streams.

Knows nothing about images: it keeps bytes. A blob appears under its digest in one atomic rename, when it is whole and
its digest is right; a crash leaves files in `uploads/` only, which the next process may delete. Memory stays constant.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from dockyard.containers.disk import writing

__all__ = ["BlobStore", "Upload", "digest_of"]

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def digest_of(data: bytes) -> str:
    """Name bytes as registries do: `sha256:` and 64 hexadecimal digits."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


class Upload:
    """One blob on its way in: append chunks, then finish with the digest it must have."""

    def __init__(self, identifier: str, partial: Path, store: BlobStore) -> None:
        self.id = identifier
        self.offset = 0
        self._partial = partial
        self._store = store
        self._hash = hashlib.sha256()
        self._file: BinaryIO = partial.open("xb")

    @property
    def digest(self) -> str:
        """The digest of what has arrived so far."""
        return "sha256:" + self._hash.hexdigest()

    def append(self, chunk: bytes) -> None:
        """Add bytes at the end; `offset` counts them. An OSError names the file."""
        with writing(self._partial):
            self._file.write(chunk)
        self._hash.update(chunk)
        self.offset += len(chunk)

    def finish(self, digest: str) -> None:
        """Make the blob visible under its digest; a wrong digest raises ValueError and discards everything.

        So does a disk without room for the last bytes, with an OSError that names the file.
        """
        if digest != self.digest:
            self.discard()
            raise ValueError(f"the blob was announced as {digest} but its content is {self.digest}")
        try:
            with writing(self._partial):
                self._file.close()
        except OSError:
            self.discard()
            raise
        self._partial.replace(self._store.path(digest))
        self._store.forget(self)

    def discard(self) -> None:
        """Give up: nothing of this upload stays."""
        with suppress(OSError):  # a full disk refuses the last bytes once more
            self._file.close()
        self._partial.unlink(missing_ok=True)
        self._store.forget(self)


class BlobStore:
    """A folder of blobs; several accounts and the engine and registry of each may share it."""

    def __init__(self, folder: Path) -> None:
        self._blobs = folder / "sha256"
        self._uploads = folder / "uploads"
        self._blobs.mkdir(parents=True, exist_ok=True)
        self._uploads.mkdir(parents=True, exist_ok=True)
        self._open: dict[str, Upload] = {}

    def path(self, digest: str) -> Path:
        """Where a blob lies or would lie; ValueError for what is no sha256 digest, so no path can leave the folder."""
        if not _DIGEST.fullmatch(digest):
            raise ValueError(f"{digest!r} is not a digest: it must read sha256: and 64 hexadecimal digits")
        return self._blobs / digest.removeprefix("sha256:")

    def has(self, digest: str) -> bool:
        """Whether the whole blob is here."""
        return bool(_DIGEST.fullmatch(digest)) and self.path(digest).is_file()

    def size(self, digest: str) -> int:
        """Its true size in bytes; FileNotFoundError where it is not here."""
        return self.path(digest).stat().st_size

    def read(self, digest: str) -> bytes:
        """All of it in memory: for manifests and configurations; FileNotFoundError where it is not here."""
        return self.path(digest).read_bytes()

    def open(self, digest: str) -> BinaryIO:
        """The blob as a file opened for reading; the caller closes it."""
        return self.path(digest).open("rb")

    def write(self, data: bytes) -> str:
        """Keep bytes and return their digest; what is here already is not written again."""
        digest = digest_of(data)
        if not self.has(digest):
            upload = self.begin()
            try:
                upload.append(data)
            except OSError:
                upload.discard()
                raise
            upload.finish(digest)
        return digest

    def begin(self) -> Upload:
        """Start an upload under an unguessable id."""
        identifier = secrets.token_hex(16)
        upload = Upload(identifier, self._uploads / identifier, self)
        self._open[identifier] = upload
        return upload

    def upload(self, identifier: str) -> Upload | None:
        """The open upload of this id, or None once it is finished, discarded or was never begun here."""
        return self._open.get(identifier)

    def forget(self, upload: Upload) -> None:
        """Drop an upload that has ended; only Upload calls this."""
        self._open.pop(upload.id, None)
