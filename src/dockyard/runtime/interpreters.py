"""The Pythons that run containers: the real program behind a command, and the folder it needs.

Knows nothing about images. An interpreter is asked who it is once, by running it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass

__all__ = ["Interpreter", "Interpreters", "minor_of"]

_WHO = (
    "import json, sys, platform; print(json.dumps([sys._base_executable, sys.base_prefix, platform.python_version()]))"
)


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python: its program, the folder it needs to run, and its version, as in 3.11.7."""

    program: str
    prefix: str
    version: str

    @property
    def minor(self) -> str:
        """As in 3.11."""
        return minor_of(self.version)


def minor_of(version: str) -> str:
    """`3.12.12` → `3.12`."""
    return ".".join(version.split(".")[:2])


class Interpreters:
    """This Python itself, without any virtual environment it may run in, and others behind their commands."""

    def __init__(self) -> None:
        program = os.path.realpath(getattr(sys, "_base_executable", "") or sys.executable)
        self.own = Interpreter(program, sys.base_prefix, ".".join(map(str, sys.version_info[:3])))
        self._asked: dict[str, Interpreter] = {sys.executable: self.own}

    def behind(self, command: str) -> Interpreter:
        """Which Python a command runs; this one where that cannot be found out."""
        if command not in self._asked:
            self._asked[command] = _ask(command) or self.own
        return self._asked[command]


def _ask(command: str) -> Interpreter | None:
    try:
        answer = subprocess.run([command, "-I", "-S", "-c", _WHO], capture_output=True, timeout=10, check=True)
        path, prefix, version = json.loads(answer.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    return Interpreter(os.path.realpath(path), prefix, version)
