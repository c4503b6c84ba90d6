"""A container's Python: a virtual environment made by hand where its image has its own, /usr/local as a rule.

Knows nothing about isolation.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from dockyard.runtime.distributions import Command
from dockyard.runtime.files import inside
from dockyard.runtime.interpreters import Interpreter
from dockyard.runtime.isolation import Place

__all__ = ["lay_python", "site_folder"]

_SCRIPT = """#!/bin/sh
'''exec' "{python}" "$0" "$@"
' '''
import sys
from {module} import {first}
if __name__ == "__main__":
    sys.argv[0] = sys.argv[0].removesuffix(".exe")
    sys.exit({function}())
"""


def site_folder(place: Place, python: Interpreter) -> str:
    """Where its Python keeps packages, as the container sees it."""
    return f"{place.prefix}/lib/python{python.minor}/site-packages"


def lay_python(place: Place, python: Interpreter, program: str, called: str) -> None:
    """Make the environment; `program` is the real interpreter, `called` the path by which commands find Python.

    Files of the image stay, but for those that only stand for its Python.
    """
    prefix = inside(place.root, place.prefix)
    inside(place.root, site_folder(place, python)).mkdir(parents=True, exist_ok=True)
    (prefix / "bin").mkdir(exist_ok=True)
    for name in ("python3", "python", f"python{python.minor}", f"python{place.called}"):
        _replace(prefix / "bin" / name, program)
    (prefix / "pyvenv.cfg").write_text(f"home = {os.path.dirname(program)}\ninclude-system-site-packages = false\n")
    for command in place.site.commands:
        _write_script(prefix / "bin" / command.name, command, called)


def _replace(path: Path, target: str) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to(target)


def _write_script(path: Path, command: Command, python: str) -> None:
    with suppress(FileNotFoundError):
        path.unlink()
    first = command.function.partition(".")[0]
    path.write_text(_SCRIPT.format(python=python, module=command.module, first=first, function=command.function))
    path.chmod(0o755)
