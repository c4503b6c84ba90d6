"""A .dockerignore: which paths of a build context stay out of the build.

Knows nothing about contexts: it answers for one path at a time.
The last line that matches decides, `!` brings back, `**` spans folders.
See the Dockerfile reference, section ".dockerignore file".
"""

from __future__ import annotations

import posixpath
import re

__all__ = ["Ignore", "pattern_of"]


class Ignore:
    """The rules of one .dockerignore."""

    def __init__(self, text: str = "") -> None:
        lines = (line.strip() for line in text.removeprefix("\ufeff").splitlines())
        self._rules = [_rule(line) for line in lines if line and not line.startswith("#") and line != "!"]

    def ignores(self, path: str) -> bool:
        """Whether a path (relative, `/` between its parts) stays out: by itself or because a folder above it does."""
        ignored = False
        for brings_back, pattern in self._rules:
            if any(pattern.fullmatch(each) for each in _with_parents(path)):
                ignored = not brings_back
        return ignored


def _with_parents(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[: count + 1]) for count in range(len(parts))]


def _rule(line: str) -> tuple[bool, re.Pattern[str]]:
    brings_back = line.startswith("!")
    text = posixpath.normpath(line.removeprefix("!").strip()).lstrip("/")
    return brings_back, re.compile(pattern_of(text), re.DOTALL)


def pattern_of(pattern: str) -> str:
    """A pattern of Go's filepath.Match, with `**`, as a regular expression."""
    result, at = "", 0
    while at < len(pattern):
        piece, length = _piece(pattern, at)
        result += piece
        at += length
    return result


def _piece(pattern: str, at: int) -> tuple[str, int]:
    if pattern.startswith("**/", at):
        return "(?:.*/)?", 3
    if pattern.startswith("**", at):
        return ".*", 2
    character = pattern[at]
    if character == "[" and (end := pattern.find("]", at + 2)) > 0:
        return "[" + pattern[at + 1 : end].replace("\\", "\\\\") + "]", end - at + 1
    if character == "\\" and at + 1 < len(pattern):
        return re.escape(pattern[at + 1]), 2
    return {"*": "[^/]*", "?": "[^/]"}.get(character, re.escape(character)), 1
