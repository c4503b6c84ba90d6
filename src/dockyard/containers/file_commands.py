"""mkdir, chmod, chown, rm, ln, touch, cp, mv, echo: what such a command of a RUN does to the image's files.

Knows nothing about shells: it is given a command's words and a workspace. An option it does not know makes it say so,
and the command is then recorded and not carried out.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from dockyard.containers.layers import Entry
from dockyard.containers.workspace import Workspace

__all__ = ["FILE_COMMANDS", "CommandError", "Here", "NotUnderstoodError"]

_SYMBOLIC = re.compile(r"([ugoa]*)([+=-])([rwxX]*)")
_WHO = {"u": 0o700, "g": 0o070, "o": 0o007, "a": 0o777}
_BITS = {"r": 0o444, "w": 0o222, "x": 0o111}


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


def _options(words: Sequence[str], known: str, with_value: str = "") -> tuple[dict[str, str], list[str]]:
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


def _mkdir(here: Here, words: Sequence[str]) -> None:
    options, paths = _options(words, "pv", "m")
    for path in paths:
        there = here.files.find(here.path(path))
        above = here.files.find(posixpath.dirname(here.path(path)))
        if there is not None and not ("p" in options and there.kind == "directory"):
            raise CommandError(f"mkdir: cannot create directory ‘{path}’: File exists")
        if above is None and "p" not in options:
            raise CommandError(f"mkdir: cannot create directory ‘{path}’: No such file or directory", here.path(path))
        if there is None:
            _make(here, path, int(options["m"], 8) if options.get("m", "").isdigit() else 0o755)


def _make(here: Here, path: str, mode: int) -> None:
    try:
        here.files.make_folders(here.path(path), mode)
    except NotADirectoryError as error:
        raise CommandError(f"mkdir: cannot create directory ‘{path}’: Not a directory") from error


def _each(here: Here, command: str, words: Sequence[str], known: str) -> tuple[str, list[str]]:
    """The first argument, and every path the others mean, those below too where that is asked for."""
    options, rest = _options(words, known)
    if len(rest) < 2:
        raise CommandError(f"{command}: missing operand")
    found: list[str] = []
    for written in rest[1:]:
        path = here.files.real(here.path(written))
        if here.files.find(path) is None:
            raise CommandError(f"{command}: cannot access '{written}': No such file or directory", path)
        found += [path, *(here.files.below(path) if "R" in options else [])]
    return rest[0], found


def _chmod(here: Here, words: Sequence[str]) -> None:
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


def _chown(here: Here, words: Sequence[str]) -> None:
    wanted, paths = _each(here, "chown", words, "Rvcfh")
    user, colon, group = wanted.partition(":")
    uid = _number(here.users, user, "user", wanted) if user else None
    gid = _number(here.groups, group, "group", wanted) if group else (uid if colon and user else None)
    for path in paths:
        entry = here.files.exact(path)
        if entry is not None:
            owner = (entry.uid if uid is None else uid, entry.gid if gid is None else gid)
            here.files.put(path, replace(entry, uid=owner[0], gid=owner[1]))


def _chgrp(here: Here, words: Sequence[str]) -> None:
    group, paths = _each(here, "chgrp", words, "Rvcfh")
    _chown(here, ["chown", f":{group}", *paths])


def _number(known: Mapping[str, int], name: str, kind: str, written: str) -> int:
    if name.isdigit():
        return int(name)
    if name not in known:
        raise CommandError(f"chown: invalid {kind}: ‘{written}’")
    return known[name]


def _rm(here: Here, words: Sequence[str]) -> None:
    options, paths = _options(words, "rRfvd")
    for written in paths:
        path = here.files.real(here.path(written))
        entry = here.files.exact(path)
        if entry is None:
            if "f" not in options:
                raise CommandError(f"rm: cannot remove '{written}': No such file or directory", path)
        elif entry.kind == "directory" and not {"r", "R"} & options.keys():
            raise CommandError(f"rm: cannot remove '{written}': Is a directory")
        elif path == "/":
            raise CommandError("rm: it is dangerous to operate recursively on '/'")
        else:
            here.files.remove(path)


def _rmdir(here: Here, words: Sequence[str]) -> None:
    for written in _options(words, "v")[1]:
        path = here.path(written)
        if here.files.find(path) is None:
            raise CommandError(f"rmdir: failed to remove '{written}': No such file or directory", path)
        if here.files.below(path):
            raise CommandError(f"rmdir: failed to remove '{written}': Directory not empty")
        here.files.remove(path)


def _ln(here: Here, words: Sequence[str]) -> None:
    options, rest = _options(words, "sfnv")
    if "s" not in options or len(rest) != 2:
        raise NotUnderstoodError("ln without -s")
    target, path = rest[0], _inside(here, rest[1], rest[0])
    if here.files.exact(path) is not None and "f" not in options:
        raise CommandError(f"ln: failed to create symbolic link '{rest[1]}': File exists")
    here.files.remove(path)
    here.files.put(path, Entry(path.strip("/"), "link", 0o777, *here.files.owner, target=target))


def _touch(here: Here, words: Sequence[str]) -> None:
    for written in _options(words, "acm")[1]:
        path = here.path(written)
        _needs_folder(here, f"touch: cannot touch '{written}'", path)
        if here.files.find(path) is None:
            here.files.write(path, b"")


def _cp(here: Here, words: Sequence[str]) -> None:
    options, rest = _options(words, "rRapfv")
    for source, target in _pairs(here, "cp", rest):
        entry = here.files.find(source)
        if entry is not None and entry.kind == "directory" and not {"r", "R", "a"} & options.keys():
            raise CommandError(f"cp: -r not specified; omitting directory '{source}'")
        _copied(here, source, target, keeps_owner=bool({"a", "p"} & options.keys()))


def _copied(here: Here, source: str, target: str, *, keeps_owner: bool) -> None:
    inside = {path: here.files.exact(path) for path in here.files.below(source)}
    moved = [(source, here.files.find(source)), *inside.items()]
    for path, entry in moved:
        if entry is not None:
            here.files.put(target + path[len(source) :], entry if keeps_owner else _new(here, entry))


def _new(here: Here, entry: Entry) -> Entry:
    """A copy that is its maker's, with the mode that a shell's umask of 022 leaves."""
    uid, gid = here.files.owner
    return replace(entry, uid=uid, gid=gid, mode=entry.mode if entry.kind == "link" else entry.mode & ~0o022)


def _mv(here: Here, words: Sequence[str]) -> None:
    for source, target in _pairs(here, "mv", _options(words, "fvn")[1]):
        _copied(here, source, target, keeps_owner=True)
        here.files.remove(source)


def _pairs(here: Here, command: str, written: Sequence[str]) -> list[tuple[str, str]]:
    """Each source with the path it gets."""
    if len(written) < 2:
        raise CommandError(f"{command}: missing file operand")
    last = here.files.find(here.path(written[-1]))
    if len(written) > 2 and (last is None or last.kind != "directory"):
        raise CommandError(f"{command}: target '{written[-1]}' is not a directory", here.path(written[-1]))
    pairs = []
    for each in written[:-1]:
        source = here.files.real(here.path(each))
        if here.files.find(source) is None:
            raise CommandError(f"{command}: cannot stat '{each}': No such file or directory", source)
        target = _inside(here, written[-1], each)
        _needs_folder(here, f"{command}: cannot create '{written[-1]}'", target)
        pairs.append((source, here.files.real(target)))
    return pairs


def _inside(here: Here, target: str, source: str) -> str:
    """The path itself, or the one in it where it is a folder."""
    entry = here.files.find(here.path(target))
    is_folder = entry is not None and entry.kind == "directory"
    return posixpath.join(here.path(target), posixpath.basename(source.rstrip("/"))) if is_folder else here.path(target)


def _needs_folder(here: Here, said: str, path: str) -> None:
    above = here.files.find(posixpath.dirname(path))
    if above is None or above.kind != "directory":
        raise CommandError(f"{said}: No such file or directory", path)


FILE_COMMANDS: Mapping[str, Callable[[Here, Sequence[str]], None]] = {
    "chgrp": _chgrp,
    "chmod": _chmod,
    "chown": _chown,
    "cp": _cp,
    "ln": _ln,
    "mkdir": _mkdir,
    "mv": _mv,
    "rm": _rm,
    "rmdir": _rmdir,
    "touch": _touch,
}
