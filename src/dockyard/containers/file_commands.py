"""mkdir, rm, ln, touch, cp, mv: what such a command of a RUN does to the image's files.

Knows nothing about shells: it is given a command's words and a workspace. An option it does not know makes it say so,
and the command is then recorded and not carried out.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from dockyard.containers.command_words import CommandError, Here, NotUnderstoodError, options_of
from dockyard.containers.layers import Entry
from dockyard.containers.permission_commands import chgrp, chmod, chown

__all__ = ["FILE_COMMANDS"]


def _mkdir(here: Here, words: Sequence[str]) -> None:
    options, paths = options_of(words, "pv", "m")
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


def _rm(here: Here, words: Sequence[str]) -> None:
    options, paths = options_of(words, "rRfvd")
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
    for written in options_of(words, "v")[1]:
        path = here.path(written)
        if here.files.find(path) is None:
            raise CommandError(f"rmdir: failed to remove '{written}': No such file or directory", path)
        if here.files.below(path):
            raise CommandError(f"rmdir: failed to remove '{written}': Directory not empty")
        here.files.remove(path)


def _ln(here: Here, words: Sequence[str]) -> None:
    options, rest = options_of(words, "sfnv")
    if "s" not in options or len(rest) != 2:
        raise NotUnderstoodError("ln without -s")
    target, path = rest[0], _inside(here, rest[1], rest[0])
    if here.files.exact(path) is not None and "f" not in options:
        raise CommandError(f"ln: failed to create symbolic link '{rest[1]}': File exists")
    here.files.remove(path)
    here.files.put(path, Entry(path.strip("/"), "link", 0o777, *here.files.owner, target=target))


def _touch(here: Here, words: Sequence[str]) -> None:
    for written in options_of(words, "acm")[1]:
        path = here.path(written)
        _needs_folder(here, f"touch: cannot touch '{written}'", path)
        if here.files.find(path) is None:
            here.files.write(path, b"")


def _cp(here: Here, words: Sequence[str]) -> None:
    options, rest = options_of(words, "rRapfv")
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
    for source, target in _pairs(here, "mv", options_of(words, "fvn")[1]):
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
    "chgrp": chgrp,
    "chmod": chmod,
    "chown": chown,
    "cp": _cp,
    "ln": _ln,
    "mkdir": _mkdir,
    "mv": _mv,
    "rm": _rm,
    "rmdir": _rmdir,
    "touch": _touch,
}
