"""A learner as a process: runs the notebook cells it is sent, one JSON line each, as a kernel would, without a kernel.

Knows nothing about the course. `Rehearsal` starts it with a sandbox's variables; it answers each line with the error
that the cell ended with, or "".
"""

from __future__ import annotations

import contextlib
import json
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


def main() -> None:
    """Serve until the input ends. `keep` false: the cell works on a copy of the names, and leaves none behind."""
    names: dict[str, Any] = {"__name__": "__main__"}
    for line in sys.stdin:
        told = json.loads(line)
        error = run(told["cell"], names if told["keep"] else dict(names))
        sys.stdout.write(json.dumps(error) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
