"""Which isolation this machine allows, found out by trying it.

Knows nothing about containers.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass

from dockyard.runtime.interpreters import Interpreter, Interpreters
from dockyard.runtime.isolation import Isolation
from dockyard.runtime.namespaces import Namespaces, wrapped
from dockyard.runtime.plain import Plain

__all__ = ["Choice", "choose", "isolation_sentence"]

_PATIENCE = 20
_TRIED = (
    "import platform, selectors, socket, ssl; socket.create_server(('127.0.0.1', 0)); print(platform.python_version())"
)


@dataclass(frozen=True, slots=True)
class Choice:
    """The isolation taken, and why where it is not the better one."""

    isolation: Isolation
    why: str = ""


def choose(interpreter: Interpreter) -> Choice:
    """Namespaces where a program really runs in them, else plain; takes some 50 ms."""
    bubblewrap = shutil.which("bwrap")
    if sys.platform != "linux":
        return Choice(Plain(), "namespaces need Linux")
    if bubblewrap is None:
        return Choice(Plain(), "bubblewrap is not installed (apt-get install bubblewrap, dnf install bubblewrap)")
    try:
        tried = subprocess.run(
            wrapped(bubblewrap, interpreter, _TRIED), env={}, capture_output=True, text=True, timeout=_PATIENCE
        )
    except (OSError, subprocess.SubprocessError) as error:
        return Choice(Plain(), f"bubblewrap does not run: {error}")
    if tried.returncode or tried.stdout.strip() != interpreter.version:
        said = (tried.stderr.strip().splitlines() or ["no reason given"])[-1]
        return Choice(Plain(), f"this system does not let bubblewrap make namespaces ({said})")
    return Choice(Namespaces(bubblewrap, interpreter))


def isolation_sentence() -> str:
    """One sentence for `doctor`: how containers are kept apart here, which Python runs them, and why."""
    interpreter = Interpreters().own
    choice = choose(interpreter)
    why = f" because {choice.why}" if choice.why else ""
    kept = "own files, users, processes and network" if choice.isolation.name == "namespaces" else "own packages only"
    ran = f"containers run as processes in the {choice.isolation.name} isolation"
    return f"{ran} ({kept}){why}, with Python {interpreter.version}"
