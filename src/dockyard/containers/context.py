"""A build context: the tar a client sent, read where it lies and never unpacked.

Knows nothing about Dockerfiles. A path that leaves the tree, a device or a pipe is refused; .dockerignore is applied
here too, for clients that send everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from dockyard.containers.archives import entries_of, opened
from dockyard.containers.ignore import Ignore
from dockyard.containers.layers import Entry, clean
from dockyard.errors import EngineError

__all__ = ["Context"]

_LARGEST_TEXT = 1 << 20
_WHAT = "the build context"


class Context:
    """The files of one build context; close it when the build is over."""

    def __init__(self, archive: Path) -> None:
        #: what is to be read until the build is over
        self.keep = ExitStack()
        try:
            self.everything = self._read(archive)
            ignore = Ignore(self.text(".dockerignore") or "")
        except BaseException:
            self.keep.close()
            raise
        self.entries = {path: entry for path, entry in self.everything.items() if not ignore.ignores(path)}

    def _read(self, archive: Path) -> Mapping[str, Entry]:
        """Every entry; who owned it on the client's machine does not matter."""
        tar = opened(self.keep.enter_context(archive.open("rb")), _WHAT, self.keep)
        return {path: replace(entry, uid=0, gid=0) for path, entry in entries_of(tar, _WHAT).items()}

    def __enter__(self) -> Context:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the tar, and of every archive in it that was opened."""
        self.keep.close()

    def text(self, path: str) -> str | None:
        """A small text file, ignored or not (the Dockerfile may be); None where there is none."""
        entry = self.everything.get(clean(path))
        if entry is None or entry.opener is None:
            return None
        if entry.size > _LARGEST_TEXT:
            raise EngineError(f"{path} is {entry.size} bytes long.", next_step=f"At most {_LARGEST_TEXT} are read.")
        with entry.opener() as content:
            return content.read().decode("utf-8", "replace")

    def unpacked(self, entry: Entry) -> Mapping[str, Entry]:
        """What an archive in the context holds, to be read until the context is closed."""
        assert entry.opener is not None
        content = self.keep.enter_context(entry.opener())
        return entries_of(opened(content, entry.path, self.keep), entry.path)
