"""A process of grading: a module of ours run in a fork of a warm Python.

Knows nothing about which modules there are, or about what they do.
"""

from __future__ import annotations

import os
from pathlib import Path

from dockyard.warm_python import ALONE, VARIABLE, Process, start

__all__ = ["fork", "leave_the_warm_python"]


def fork(place: Path, module: str, *words: str, log: Path) -> Process:
    """`python -m module words` by the warm Python that listens at a place; what it complains of goes to the log."""
    variables = {**os.environ, **ALONE, VARIABLE: str(place)}  # one thread: submissions share the cores
    return start(module, words, variables, log=log)


def leave_the_warm_python() -> None:
    """In the fork: what it starts has no business with warm Pythons; a learner's kernel is started by such a one."""
    del os.environ[VARIABLE]
