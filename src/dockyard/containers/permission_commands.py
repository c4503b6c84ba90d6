"""chmod, chown, chgrp: what such a command of a RUN does to modes and owners.

Knows nothing about shells, and nothing about commands that make or move files.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from dockyard.containers.command_words import CommandError, Here, options_of
from dockyard.containers.layers import Entry

__all__ = ["chgrp", "chmod", "chown"]

_SYMBOLIC = re.compile(r"([ugoa]*)([+=-])([rwxX]*)")
_WHO = {"u": 0o700, "g": 0o070, "o": 0o007, "a": 0o777}
_BITS = {"r": 0o444, "w": 0o222, "x": 0o111}


def _each(here: Here, command: str, words: Sequence[str], known: str) -> tuple[str, list[str]]:
    """The first argument, and every path the others mean, those below too where that is asked for."""
    options, rest = options_of(words, known)
    if len(rest) < 2:
        raise CommandError(f"{command}: missing operand")
    found: list[str] = []
    for written in rest[1:]:
        path = here.files.real(here.path(written))
        if here.files.find(path) is None:
            raise CommandError(f"{command}: cannot access '{written}': No such file or directory", path)
        found += [path, *(here.files.below(path) if "R" in options else [])]
    return rest[0], found


def chmod(here: Here, words: Sequence[str]) -> None:
    """The mode of each path, in digits or in letters. Raises CommandError, NotUnderstoodError."""
    # `chmod -x` and the like look as options do
    words = [words[0], *(f"a{word}" if re.fullmatch(r"-[rwxX]+", word) else word for word in words[1:])]
    wanted, paths = _each(here, "chmod", words, "Rvcf")
    for path in paths:
        entry = here.files.exact(path)
        if entry is not None and entry.kind != "link":
            here.files.put(path, replace(entry, mode=_mode(wanted, entry)))


def _mode(wanted: str, entry: Entry) -> int:
    """The permission bits after `755`, `+x` or `u=rwX,go=rX`."""
    if re.fullmatch(r"[0-7]{1,4}", wanted):
        return int(wanted, 8)
    mode = entry.mode
    for clause in wanted.split(","):
        found = _SYMBOLIC.fullmatch(clause)
        if not found:
            raise CommandError(f"chmod: invalid mode: ‘{wanted}’")
        mode = _changed(mode, found[1] or "a", found[2], found[3], entry)
    return mode


def _changed(mode: int, who: str, operator: str, letters: str, entry: Entry) -> int:
    runs = entry.kind == "directory" or bool(mode & 0o111)
    bits = sum(_BITS[letter] for letter in set(letters.replace("X", "x" if runs else "")))
    mask = 0
    for letter in who:
        mask |= _WHO[letter]
    if operator == "+":
        return mode | bits & mask
    return mode & ~(bits & mask) if operator == "-" else mode & ~mask | bits & mask


def chown(here: Here, words: Sequence[str]) -> None:
    """The owner of each path, by number or name. Raises CommandError, NotUnderstoodError."""
    wanted, paths = _each(here, "chown", words, "Rvcfh")
    user, colon, group = wanted.partition(":")
    uid = _number(here.users, user, "user", wanted) if user else None
    gid = _number(here.groups, group, "group", wanted) if group else (uid if colon and user else None)
    for path in paths:
        entry = here.files.exact(path)
        if entry is not None:
            owner = (entry.uid if uid is None else uid, entry.gid if gid is None else gid)
            here.files.put(path, replace(entry, uid=owner[0], gid=owner[1]))


def chgrp(here: Here, words: Sequence[str]) -> None:
    """The group of each path, by number or name. Raises CommandError, NotUnderstoodError."""
    group, paths = _each(here, "chgrp", words, "Rvcfh")
    chown(here, ["chown", f":{group}", *paths])


def _number(known: Mapping[str, int], name: str, kind: str, written: str) -> int:
    if name.isdigit():
        return int(name)
    if name not in known:
        raise CommandError(f"chown: invalid {kind}: ‘{written}’")
    return known[name]
