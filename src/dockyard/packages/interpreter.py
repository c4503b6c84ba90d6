"""The Pythons of this machine: the one that runs Dockyard, and others of which a command is on PATH.

Knows nothing about packages: it says which wheels one could load.
"""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["Interpreter", "Interpreters"]

_ASK = "import platform, sys; print(sys.executable, platform.python_version())"
_PATIENCE = 10  # seconds: it is asked for its version only


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python that runs here: its command and its full version."""

    command: str
    version: str

    @property
    def minor(self) -> str:
        """`3.12`."""
        return ".".join(self.version.split(".")[:2])

    def loads(self, tags: Iterable[str]) -> bool:
        """Whether it could load a wheel with one of these compatibility tags."""
        return not _loadable(self.minor).isdisjoint(tags)


@lru_cache(maxsize=16)
def _loadable(minor: str) -> frozenset[str]:
    """The compatibility tags of a CPython on this machine."""
    from packaging.tags import compatible_tags, cpython_tags

    version, short = tuple(int(part) for part in minor.split(".")), "cp" + minor.replace(".", "")
    return frozenset(map(str, (*cpython_tags(version), *compatible_tags(version, interpreter=short))))


class Interpreters:
    """Finds a Python by its minor version; each command is asked once."""

    def __init__(self) -> None:
        self.own = Interpreter(sys.executable, platform.python_version())
        self._asked: dict[str, Interpreter | None] = {}

    def for_minor(self, minor: str) -> list[Interpreter]:
        """Those that may run what is meant for a minor version: that one where it is here, and this one."""
        named = self.of(minor)
        return [self.own] if named in (None, self.own) else [named, self.own]

    def of(self, minor: str) -> Interpreter | None:
        """The Python of a minor version such as `3.12`: this one, or one on PATH that really answers."""
        if minor == self.own.minor:
            return self.own
        if minor not in self._asked:
            self._asked[minor] = _answering(f"python{minor}", minor)
        return self._asked[minor]


def _answering(command: str, minor: str) -> Interpreter | None:
    path = shutil.which(command)
    if path is None:
        return None
    try:
        asked = subprocess.run([path, "-I", "-c", _ASK], capture_output=True, text=True, timeout=_PATIENCE, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    executable, _, version = asked.stdout.strip().rpartition(" ")
    found = Interpreter(executable or path, version)
    return found if found.minor == minor else None
