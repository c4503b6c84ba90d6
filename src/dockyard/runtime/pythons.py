"""A container's Python: a virtual environment made by hand at /usr/local of its files.

Knows nothing about images or processes.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from dockyard.runtime.distributions import Command, Site
from dockyard.runtime.environments import lay_environments

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


def site_folder(minor: str) -> str:
    """Where a Python keeps its packages, as the container sees it."""
    return f"/usr/local/lib/python{minor}/site-packages"


def lay_python(root: Path, program: str, minor: str, called: str, site: Site, python: str) -> None:
    """Make the environment: `program` is the real interpreter, `called` the minor version the image calls it by.

    `python` is the path by which its own scripts find it. Files of the image stay where they stand for no program.
    """
    programs = root / "usr/local/bin"
    programs.mkdir(parents=True, exist_ok=True)
    for name in ("python3", "python", f"python{minor}", f"python{called}"):
        _replace(programs / name, program)
    home = os.path.dirname(program)
    (root / "usr/local/pyvenv.cfg").write_text(f"home = {home}\ninclude-system-site-packages = false\n")
    (root / site_folder(minor).lstrip("/")).mkdir(parents=True, exist_ok=True)
    for command in site.commands:
        _write_script(programs / command.name, command, python)
    lay_environments(root, minor, (command.name for command in site.commands))


def _replace(path: Path, target: str) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to(target)


def _write_script(path: Path, command: Command, python: str) -> None:
    with suppress(FileNotFoundError):
        path.unlink()
    first = command.function.partition(".")[0]
    path.write_text(_SCRIPT.format(python=python, module=command.module, first=first, function=command.function))
    path.chmod(0o755)
