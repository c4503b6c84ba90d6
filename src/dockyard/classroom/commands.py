"""nbgrader's own commands, run as they are in a course's folder.

Knows nothing about what they do.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from dockyard.errors import ClassroomError

__all__ = ["nbgrader", "need_nbgrader", "search_path"]


def need_nbgrader() -> None:
    """Raises ClassroomError where nbgrader is not installed."""
    if importlib.util.find_spec("nbgrader") is None:
        raise ClassroomError("nbgrader is not installed.", next_step="Install it: pip install 'dockyard[lab]'.")


def search_path() -> str:
    """The PATH of whatever runs nbgrader: that starts `alembic` by its bare name, which lies beside the interpreter."""
    return os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))


def nbgrader(course: Path, *words: str, hear: Callable[[str], None] | None = None) -> None:
    """Run a command to its end. What it says goes to nbgrader.log, and line by line to `hear`.

    Raises ClassroomError when it complains.
    """
    with (
        (course / "nbgrader.log").open("a", encoding="utf-8") as log,
        subprocess.Popen(
            [sys.executable, "-m", "nbgrader", *words], cwd=course, env={**os.environ, "PATH": search_path()},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8",
            errors="replace",
        ) as running,
    ):  # fmt: skip
        assert running.stdout is not None, "a pipe was asked for"
        for line in running.stdout:
            log.write(line)
            if hear:
                hear(line)
    if running.returncode:
        raise ClassroomError(
            f"`nbgrader {' '.join(words)}` did not succeed in {course}.", next_step=f"Read {course / 'nbgrader.log'}."
        )
