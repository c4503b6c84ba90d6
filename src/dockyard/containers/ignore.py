"""A .dockerignore: which paths of a build context stay out of the build.

Knows nothing about contexts: it answers for one path at a time.
The last line that matches decides, `!` brings back, `**` spans folders.
See the Dockerfile reference, section ".dockerignore file".
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from dockyard.errors import EngineError

__all__ = ["Ignore", "compiled"]


#: What `*`, `**` and `**/` match, and where the part that follows a star ends.
_STAR, _ANYTHING, _FOLDERS = "[^/]*", ".*", "(?:.*/)?"
_ENDS = (_STAR, _ANYTHING, _FOLDERS, "/")
#: A pattern with more `**` would take too long to match.
_MOST_DOUBLE_STARS = 5


class Ignore:
    """The rules of one .dockerignore."""

    def __init__(self, text: str = "") -> None:
        lines = (line.strip() for line in text.removeprefix("\ufeff").splitlines())
        self._rules = [(line, *_rule(line)) for line in lines if line and not line.startswith("#") and line != "!"]

    def ignores(self, path: str) -> bool:
        """Whether a path (relative, `/` between its parts) stays out: by itself or because a folder above it does."""
        return bool(self.line(path))

    def line(self, path: str) -> str:
        """The line that keeps a path out; "" where none does, or a later one brings it back."""
        found = ""
        for line, brings_back, pattern in self._rules:
            if any(pattern.fullmatch(each) for each in _with_parents(path)):
                found = "" if brings_back else line
        return found


def _with_parents(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[: count + 1]) for count in range(len(parts))]


def _rule(line: str) -> tuple[bool, re.Pattern[str]]:
    brings_back = line.startswith("!")
    text = posixpath.normpath(line.removeprefix("!").strip()).lstrip("/")
    return brings_back, compiled(text)


def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern ready to match whole paths; EngineError where it cannot be read."""
    pattern = re.sub(r"(?:\*\*/)+", "**/", pattern)
    if pattern.count("**") > _MOST_DOUBLE_STARS:
        raise EngineError(f"the pattern {pattern!r} has more than {_MOST_DOUBLE_STARS} `**`.")
    try:
        return re.compile(_expression(pattern), re.DOTALL)
    except re.error as error:
        raise EngineError(f"syntax error in pattern {pattern!r}: {error}.") from error


def _expression(pattern: str) -> str:
    """A pattern of Go's filepath.Match, with `**`, as a regular expression."""
    pieces, at = list[str](), 0
    while at < len(pattern):
        piece, length = _piece(pattern, at)
        pieces.append(piece)
        at += length
    return "".join(_steady(pieces))


def _steady(pieces: list[str]) -> Iterator[str]:
    """The pieces so joined that no name takes long: all but a folder's last star take the first place that fits.

    Whatever else fits later, the next star would reach it too; without this forty stars try every way to share a name.
    """
    at = 0
    while at < len(pieces):
        if pieces[at] != _STAR:
            yield pieces[at]
            at += 1
            continue
        end = next((later for later in range(at + 1, len(pieces)) if pieces[later] in _ENDS), len(pieces))
        after = "".join(pieces[at + 1 : end])
        again = end < len(pieces) and pieces[end] == _STAR
        yield f"(?>[^/]*?{after})" if again else f"{_STAR}{after}"
        at = end


def _piece(pattern: str, at: int) -> tuple[str, int]:
    if pattern.startswith("**/", at):
        return _FOLDERS, 3
    if pattern.startswith("**", at):
        return _ANYTHING, 2
    character = pattern[at]
    if character == "[" and (end := pattern.find("]", at + 2)) > 0:
        return _set(pattern[at + 1 : end]), end - at + 1
    if character == "\\" and at + 1 < len(pattern):
        return re.escape(pattern[at + 1]), 2
    return {"*": _STAR, "?": "[^/]"}.get(character, re.escape(character)), 1


def _set(inside: str) -> str:
    """A set of characters, `a-z` or `^a-z`, with all that is special to a regular expression escaped."""
    negated, members = inside.startswith("^"), inside.removeprefix("^")
    ranges = re.sub(r"(.)-(.)|(.)", _escaped, members, flags=re.DOTALL)
    return f"[{'^' if negated else ''}{ranges}]"


def _escaped(found: re.Match[str]) -> str:
    return re.escape(found[3]) if found[3] else f"{re.escape(found[1])}-{re.escape(found[2])}"
