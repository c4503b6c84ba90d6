"""Image names: `127.0.0.1:4566/123456789012/credit:1.0` taken apart and put together as Docker does.

Knows nothing about which images exist.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dockyard.errors import EngineError

__all__ = ["Reference"]

_PATH = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d+)?")
_HUB = ("docker.io", "index.docker.io", "registry-1.docker.io")


@dataclass(frozen=True, slots=True)
class Reference:
    """A name: registry host (empty: Docker Hub), repository path, and a tag or a digest."""

    host: str
    path: str
    tag: str = ""
    digest: str = ""

    @classmethod
    def parse(cls, text: str) -> Reference:
        """Read a name; without tag and digest it means `:latest`. What Docker would refuse is refused in its words."""
        rest, _, digest = text.partition("@")
        head, slash, last = rest.rpartition("/")
        last, colon, tag = last.partition(":")
        host, path = _host_and_path(head + slash + last)
        valid = _valid(text, path) and (not colon or _TAG.fullmatch(tag)) and (not digest or _DIGEST.fullmatch(digest))
        if not valid or ("@" in text and not digest):
            raise EngineError("invalid reference format.", next_step=f"The name was {text!r}.")
        return cls(host, path, tag or ("" if digest else "latest"), digest)

    @property
    def repository(self) -> str:
        """The name without tag and digest, as Docker shows it."""
        return f"{self.host}/{self.path}" if self.host else self.path

    def __str__(self) -> str:
        return self.repository + (f":{self.tag}" if self.tag else "") + (f"@{self.digest}" if self.digest else "")


def _host_and_path(name: str) -> tuple[str, str]:
    first, slash, rest = name.partition("/")
    if not slash or not (_HOST.fullmatch(first) and re.search(r"[.:]|^localhost$", first)):
        first, rest = "", name
    if first in _HUB:
        first = ""
    return first, rest.removeprefix("library/") if not first else rest


def _valid(text: str, path: str) -> bool:
    if path != path.lower() and _PATH.fullmatch(path.lower()):
        raise EngineError(
            "invalid reference format: repository name must be lowercase.", next_step=f"The name was {text!r}."
        )
    return bool(_PATH.fullmatch(path))
