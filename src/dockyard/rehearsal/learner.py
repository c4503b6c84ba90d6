"""A learner as a process: runs the notebook cells it is sent, one JSON line each, as a kernel would, without a kernel.

Knows nothing about the course. `Rehearsal` starts it with a sandbox's variables; it answers each cell with the error
that it ended with, or "". A line that names a folder begins anew there: no names, but what was imported stays.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import traceback
from typing import Any


def run(cell: str, names: dict[str, Any]) -> str:
    """The last line of the traceback, or "" where the cell ran to its end."""
    try:
        with contextlib.redirect_stdout(sys.stderr):
            exec(compile(cell, "cell", "exec"), names)
    except Exception as error:
        return traceback.format_exception_only(error)[-1].strip()
    return ""


def begin(folder: str, before: str) -> None:
    """Work in a folder: its modules are found, and none is taken for one of the same name in the folder before."""
    os.chdir(folder)
    if before:
        sys.path.remove(before)
    sys.path.insert(0, folder)
    for name, module in list(sys.modules.items()):
        if before and (getattr(module, "__file__", None) or "").startswith(before + os.sep):
            del sys.modules[name]


def main() -> None:
    """Serve until the input ends. `keep` false: the cell works on a copy of the names, and leaves none behind."""
    names: dict[str, Any] = {}
    folder = ""
    for line in sys.stdin:
        told = json.loads(line)
        if "folder" in told:
            begin(told["folder"], folder)
            names, folder = {"__name__": "__main__"}, told["folder"]
            continue
        error = run(told["cell"], names if told["keep"] else dict(names))
        sys.stdout.write(json.dumps(error) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
