"""A command of a RUN on an image's files: its options, where it runs, and the ways in which it may not be done.

Knows nothing about single commands.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dockyard.containers.workspace import Workspace

__all__ = ["CommandError", "Here", "NotUnderstoodError", "options_of"]


class NotUnderstoodError(Exception):
    """A command with an option or a form that is not carried out here."""


class CommandError(Exception):
    """A command that fails, with what it prints; `about` is the path that is not there, if that is why."""

    def __init__(self, said: str, about: str = "") -> None:
        super().__init__(said)
        self.about = about


@dataclass(frozen=True, slots=True)
class Here:
    """Where a command runs: the tree, its folder, users and groups by name."""

    files: Workspace
    folder: str
    users: Mapping[str, int]
    groups: Mapping[str, int]

    def path(self, written: str) -> str:
        """A path as the command means it."""
        return posixpath.normpath(posixpath.join(self.folder, written))


def options_of(words: Sequence[str], known: str, with_value: str = "") -> tuple[dict[str, str], list[str]]:
    """Short options taken from the front and the rest; `known` are letters, `with_value` letters that take a word."""
    options: dict[str, str] = {}
    rest: list[str] = []
    left = list(words[1:])
    while left:
        word = left.pop(0)
        if word == "--":
            return options, [*rest, *left]
        if not word.startswith("-") or word == "-":
            rest.append(word)
            continue
        name = _LONG.get(word.partition("=")[0], word[1:])
        for letter in name:
            if letter in with_value:
                options[letter] = word.partition("=")[2] or (left.pop(0) if left else "")
            elif letter in known:
                options[letter] = ""
            else:
                raise NotUnderstoodError(word)
    return options, rest


_LONG = {"--parents": "p", "--mode": "m", "--recursive": "R", "--force": "f", "--symbolic": "s", "--verbose": "v"}
