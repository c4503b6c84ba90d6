"""A submission's sandbox: `dockyard up --clock stepped` as a process of its own, forked from a warm Python.

Knows nothing about submissions. It lives as long as its input is open. What it observes of images is kept where this
user's other sandboxes keep it: a class asks the same of the same.
"""

from __future__ import annotations

import asyncio
import os
import select
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from dockyard.classroom.processes import fork
from dockyard.demo import free_port
from dockyard.errors import SandboxError
from dockyard.sandbox.environment import kept_environment

__all__ = ["sandbox"]

#: A sandbox answers within so many seconds, or something is wrong with us.
_PATIENCE = 30.0
_TRIES = 3


@contextmanager
def sandbox(place: Path, data: Path, seed: str, log: Path) -> Iterator[dict[str, str]]:
    """A fresh sandbox of the warm Python at a place, in a data folder; what its clients need. Raises SandboxError."""
    process = fork(place, __name__, str(data), seed, log=log)
    try:
        assert process.stdout is not None, "a pipe was asked for"
        answers = select.select([process.stdout], [], [], _PATIENCE)[0]
        if not (port := process.stdout.readline().strip() if answers else ""):
            raise SandboxError("The submission's sandbox did not start.")
        yield {**os.environ, **kept_environment(data, int(port))}
    finally:
        process.communicate(timeout=_PATIENCE)


def main(data: str, seed: str) -> None:
    """Be the sandbox, on a free port, which is said when it is ready.

    It knows its warm Python still: what plays the labs before an opening is forked from it, and nothing else is.
    """
    from dockyard.sandbox.options import Options, wheels_folder
    from dockyard.sandbox.sandbox import Sandbox

    options = Options(Path(data), seed=seed, runtime="auto", wheels=wheels_folder(), shares_facts=True)
    for left in reversed(range(_TRIES)):
        try:
            running = Sandbox(replace(options, port=free_port()))
            break
        except SandboxError:  # the port was taken between the two
            if not left:
                raise

    def ready(_: object) -> None:
        os.write(1, f"{running.port}\n".encode())
        os.dup2(2, 1)  # what it says from now on goes to its log

    threading.Thread(target=_until_gone, daemon=True).start()
    asyncio.run(running.serve(ready))


def _until_gone() -> None:
    """Nobody keeps what a sandbox for grading holds: it ends at once with its input, and saves nothing."""
    os.read(0, 1)
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
