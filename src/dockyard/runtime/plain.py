"""The plain isolation: processes of the host with an environment, packages and files of their own.

Knows nothing about namespaces, and needs nothing of the system. What it cannot hold, its sentence says.
"""

from __future__ import annotations

import os
import posixpath
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from dockyard.runtime.files import inside
from dockyard.runtime.interpreters import Interpreter, Interpreters
from dockyard.runtime.isolation import Place
from dockyard.runtime.pythons import lay_python, site_folder
from dockyard.runtime.shim import SHIM_FOLDER, shim_command

__all__ = ["Plain"]

_PLACES = ("HOME", "PYTHONPATH", "VIRTUAL_ENV")


class Plain:
    """Works everywhere; the image's absolute paths do not exist for a program that opens them."""

    name = "plain"
    sentence = (
        "plain isolation: files of the image are found by relative paths from its working folder, absolute paths are "
        "this machine's; users, process ids and the network are this machine's too"
    )

    def lay(self, place: Place) -> None:
        """The virtual environment, its packages as links, volumes as links."""
        (place.folder / "ports").mkdir(exist_ok=True)
        inside(place.root, "/tmp").mkdir(exist_ok=True)
        if place.python is not None:
            self._lay_python(place, place.python)
        for mounted in place.mounts:
            target = inside(place.root, mounted.target)
            target.parent.mkdir(parents=True, exist_ok=True)
            _link(target, mounted.source)

    def _lay_python(self, place: Place, python: Interpreter) -> None:
        lay_python(place, python, python.program, f"{inside(place.root, place.prefix)}/bin/python3")
        packages = inside(place.root, site_folder(place, python))
        for part in place.site.parts:
            target = packages / part.name
            target.parent.mkdir(parents=True, exist_ok=True)
            _link(target, part.source)
        shutil.copyfile(SHIM_FOLDER.with_name("ports.py"), packages / "dockyard_ports.py")
        line = f"import dockyard_ports; dockyard_ports.use({str(place.ports)!r})\n"
        (packages / "dockyard_ports.pth").write_text(line)

    def passable(self, place: Place) -> frozenset[str]:
        """None: nothing is mounted."""
        del place
        return frozenset()

    def shim(self, place: Place, telling: int) -> list[str]:
        """Run it as it is."""
        del place, telling
        return shim_command(Interpreters().own.program, str(SHIM_FOLDER.parent))

    def command(self, place: Place, words: Sequence[str]) -> list[str]:
        """Words that are exactly a path of the image become the copy's path."""
        return [self._found(place, word) or word for word in words]

    def folder(self, place: Place, path: str) -> str:
        """The same folder of the copy."""
        return str(inside(place.root, posixpath.normpath(path)))

    def environment(self, place: Place, said: Mapping[str, str]) -> dict[str, str]:
        """Paths that the image has become the copy's; the path of programs begins with the image's own."""
        made = {**said, "TMPDIR": said.get("TMPDIR", str(place.root / "tmp"))}
        for name in _PLACES:
            if name in said:
                made[name] = ":".join(self._found(place, path) or path for path in said[name].split(":"))
        made["PATH"] = ":".join(self._programs(place, said.get("PATH", "")))
        return made

    def _programs(self, place: Place, path: str) -> list[str]:
        own = [self._found(place, part) for part in path.split(":") if not part.startswith(("/usr/bin", "/bin"))]
        kept = [part for part in own if part and not part.endswith(("/usr/sbin", "/root/sbin"))]
        first = f"{inside(place.root, place.prefix)}/bin"
        return [first, *(part for part in kept if part != first), "/usr/bin", "/bin", "/usr/sbin", "/sbin"]

    def _found(self, place: Place, path: str) -> str:
        """The copy of an absolute path that the container has; empty where it has none."""
        if not path.startswith("/") or path == "/":
            return ""
        copied = inside(place.root, posixpath.normpath(path))
        if not os.path.lexists(copied) or _is_stand_in(copied):
            return ""
        return str(copied)


def _link(path: Path, source: Path) -> None:
    """Put a link in the place of whatever the image has there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    path.symlink_to(source)


def _is_stand_in(path: Path) -> bool:
    """Whether the file only stands where the real image has a program, which is this machine's here."""
    if not path.is_file() or path.stat().st_size > 200:
        return False
    with suppress(OSError):
        return path.read_bytes().startswith(b"#!/bin/false\n")
    return False
