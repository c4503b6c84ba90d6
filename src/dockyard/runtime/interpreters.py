"""The Pythons of this machine: the one Dockyard runs in, and others found on the path by their minor version.

Knows nothing about images. An interpreter is asked who it is once, by running it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Interpreter", "Interpreters", "minor_of"]

_WHO = (
    "import json, sys, platform; "
    "print(json.dumps([sys._base_executable, sys.base_prefix, platform.python_version(), sys.base_exec_prefix]))"
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
    """What is here; asked for once each."""

    def __init__(self) -> None:
        program = os.path.realpath(getattr(sys, "_base_executable", "") or sys.executable)
        self.own = Interpreter(program, sys.base_prefix, ".".join(map(str, sys.version_info[:3])))
        self._found: dict[str, Interpreter | None] = {self.own.minor: self.own}

    def of(self, minor: str) -> Interpreter | None:
        """A Python of this minor version; None where the path has none that runs."""
        if minor not in self._found:
            self._found[minor] = _ask(minor)
        return self._found[minor]


def _ask(minor: str) -> Interpreter | None:
    for program in (shutil.which(f"python{minor}"), *_elsewhere(minor)):
        if program is None:
            continue
        try:
            answer = subprocess.run([program, "-I", "-S", "-c", _WHO], capture_output=True, timeout=10, check=True)
            path, prefix, version, _ = json.loads(answer.stdout)
        except (OSError, subprocess.SubprocessError, ValueError):
            continue
        if version.startswith(f"{minor}."):
            return Interpreter(os.path.realpath(path), prefix, version)
    return None


def _elsewhere(minor: str) -> list[str]:
    """Where pyenv keeps them."""
    versions = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    return [str(path) for path in sorted(versions.glob(f"{minor}.*/bin/python{minor}"))]
