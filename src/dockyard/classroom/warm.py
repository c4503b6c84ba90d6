"""The processes of grading, sittings and sandboxes, each forked from a warm Python that has loaded what it needs.

Knows nothing about submissions, or about how forks are made. A sandbox lives as long as its input is open.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dockyard.classroom.ending import end
from dockyard.demo import SANDBOX_LOADS, free_port
from dockyard.errors import ClassroomError, SandboxError
from dockyard.warm_python import ALONE, VARIABLE, Process, start, warm_python

__all__ = ["Warm", "fork", "warm"]

_TRIES = 3
#: What each of them loads at once, and else would load in every fork. Two, for a kernel has no business with moto.
_OF_A_SANDBOX = (*SANDBOX_LOADS, "boto3")
_OF_A_SITTING = ("dockyard.classroom.sitting", "ipykernel.kernelapp", "dockyard.notebook")


@dataclass(frozen=True, slots=True)
class Warm:
    """Where the two listen."""

    sittings: Path
    sandboxes: Path


@contextmanager
def warm(folder: Path, modules: tuple[str, ...]) -> Iterator[Warm]:
    """Both processes, for as long as the block runs; `modules`: what kernels will import. Raises ClassroomError."""
    places = Warm(folder / "sittings", folder / "sandboxes")
    with _started(places.sandboxes, _OF_A_SANDBOX), _started(places.sittings, (*_OF_A_SITTING, *modules)):
        yield places


@contextmanager
def _started(place: Path, loads: tuple[str, ...]) -> Iterator[None]:
    with warm_python(place, loads) as python:
        if VARIABLE not in python.variables:
            sentence = f"The process that makes {place.name} did not start."
            raise ClassroomError(sentence, next_step="Run `dockyard doctor`.")
        try:
            yield
        finally:
            end(python.pid)  # and what it has forked, where we are interrupted


def fork(place: Path, *words: str, log: Path) -> Process:
    """A sitting (`"sitting", SCRATCH`) or a sandbox (`"sandbox", DATA, SEED`), which says its port when it is ready."""
    variables = {**os.environ, **ALONE, VARIABLE: str(place)}  # one thread: submissions share the cores
    return start(__name__, words, variables, log=log)


def main(what: str, *words: str) -> None:
    """Be one of the two, which have no business with warm Pythons: a learner's kernel least of all."""
    del os.environ[VARIABLE]
    processes: dict[str, Callable[..., None]] = {"sandbox": _sandbox, "sitting": _sitting}
    processes[what](*words)


def _sandbox(data: str, seed: str) -> None:
    """`dockyard up --clock stepped --seed S` in a data folder, on a free port, which is said when it is ready."""
    import asyncio

    from dockyard.sandbox.options import Options
    from dockyard.sandbox.sandbox import Sandbox

    for left in reversed(range(_TRIES)):
        try:
            sandbox = Sandbox(Options(Path(data), port=free_port(), seed=seed))
            break
        except SandboxError:  # the port was taken between the two
            if not left:
                raise

    def ready(_: object) -> None:
        os.write(1, f"{sandbox.port}\n".encode())
        os.dup2(2, 1)  # what it says from now on goes to its log

    threading.Thread(target=_until_gone, daemon=True).start()
    asyncio.run(sandbox.serve(ready))


def _until_gone() -> None:
    """Nobody keeps what a sandbox for grading holds: it ends at once with its input, and saves nothing."""
    os.read(0, 1)
    os._exit(0)


def _sitting(scratch: str) -> None:
    from dockyard.classroom.sitting import carry_out

    os.dup2(2, 1)
    carry_out(Path(scratch))


if __name__ == "__main__":
    main(*sys.argv[1:])
