"""A build context: the tar a client sent, read where it lies and never unpacked.

Knows nothing about Dockerfiles. A path that leaves the tree, a device or a pipe is refused; .dockerignore is applied
here too, for clients that send everything.
"""

from __future__ import annotations

import gzip
import tarfile
import tempfile
import zlib
from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import IO, cast

from dockyard.containers.ignore import Ignore
from dockyard.containers.layers import Entry, Opener, clean
from dockyard.errors import EngineError

__all__ = ["Context"]

_LARGEST_TEXT = 1 << 20
#: what a compressed context may unpack to: a bomb must not fill the disk
LARGEST_CONTEXT = 8 << 30


class Context:
    """The files of one build context; close it when the build is over."""

    def __init__(self, archive: Path) -> None:
        self._open = ExitStack()
        try:
            self._tar = self._open.enter_context(_archive(self._open.enter_context(_plain(archive))))
            self.everything = self._entries()
            ignore = Ignore(self.text(".dockerignore") or "")
        except BaseException:
            self._open.close()
            raise
        self.entries = {path: entry for path, entry in self.everything.items() if not ignore.ignores(path)}

    def __enter__(self) -> Context:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the tar."""
        self._open.close()

    def text(self, path: str) -> str | None:
        """A small text file, ignored or not (the Dockerfile may be); None where there is none."""
        entry = self.everything.get(clean(path))
        if entry is None or entry.opener is None:
            return None
        if entry.size > _LARGEST_TEXT:
            raise EngineError(f"{path} is {entry.size} bytes long.", next_step=f"At most {_LARGEST_TEXT} are read.")
        with entry.opener() as content:
            return content.read().decode("utf-8", "replace")

    def _entries(self) -> Mapping[str, Entry]:
        try:
            found = {clean(member.name): member for member in self._tar}
        except (tarfile.TarError, EOFError, OSError) as error:
            raise _no_tar(error) from error
        return {path: self._entry(path, member) for path, member in sorted(found.items()) if path}

    def _entry(self, path: str, member: tarfile.TarInfo) -> Entry:
        if ".." in path.split("/"):
            raise EngineError(f"the build context holds {member.name!r}, which leaves the folder.")
        mode = member.mode & 0o7777
        if member.isdir():
            return Entry(path, "directory", mode)
        if member.issym():
            return Entry(path, "link", 0o777, target=member.linkname)
        if not (member.isreg() or member.islnk()):
            raise EngineError(f"the build context holds {member.name!r}, which is neither a file, a folder nor a link.")
        return Entry(path, "file", mode, size=self._held(member).size, opener=self._opener(member))

    def _held(self, member: tarfile.TarInfo) -> tarfile.TarInfo:
        """The member with the content: for a hard link the file before it that it names."""
        held, before = member, list[tarfile.TarInfo]()
        while held.islnk() and held not in before:
            before.append(held)
            try:
                held = self._tar.getmember(held.linkname)
            except KeyError:
                break
        if not held.isreg():
            raise EngineError(f"the build context holds {member.name!r}, a link to no file in it.")
        return held

    def _opener(self, member: tarfile.TarInfo) -> Opener:
        return cast(Opener, partial(self._tar.extractfile, self._held(member)))


def _no_tar(error: Exception) -> EngineError:
    sentence = f"the build context is not a tar archive: {error}."
    return EngineError(sentence, next_step="Send the folder as tar or tar.gz.")


def _archive(file: IO[bytes]) -> tarfile.TarFile:
    try:
        return tarfile.open(fileobj=file, mode="r:")
    except (tarfile.TarError, EOFError, OSError) as error:
        raise _no_tar(error) from error


def _plain(archive: Path) -> IO[bytes]:
    """The tar as a file one can seek in: a gzip one is unpacked into a nameless temporary file first."""
    file = archive.open("rb")
    magic = file.read(2)
    file.seek(0)
    if magic != b"\x1f\x8b":
        return file
    plain = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
    try:
        with file, gzip.GzipFile(fileobj=file) as unpacked:
            while piece := unpacked.read(1 << 20):
                if plain.tell() + len(piece) > LARGEST_CONTEXT:
                    raise EngineError(
                        f"the build context unpacks to more than {LARGEST_CONTEXT} bytes.",
                        next_step="Name in .dockerignore what the image does not need.",
                    )
                plain.write(piece)
    except (OSError, EOFError, zlib.error) as error:
        plain.close()
        raise EngineError(f"the build context is not a gzip archive: {error}.") from error
    except EngineError:
        plain.close()
        raise
    plain.seek(0)
    return plain
