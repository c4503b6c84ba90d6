"""The warm Pythons of grading: one for sittings, one for sandboxes and what plays their openings, one for nbgrader.

Knows nothing about submissions, or about how forks are made: only what each of them loads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dockyard import rehearsal
from dockyard.classroom.ending import end
from dockyard.content import Lab, open_course
from dockyard.content.imports import imported
from dockyard.demo import SANDBOX_LOADS
from dockyard.errors import ClassroomError
from dockyard.warm_python import VARIABLE, WarmPython, warm_python

__all__ = ["Warm", "place_of", "warm", "warm_nbgrader"]

#: What each of them loads at once, and else would load in every fork. Several, for a kernel has no business with moto.
_OF_A_SANDBOX = (*SANDBOX_LOADS, "boto3", "dockyard.classroom.sandboxes")
_OF_A_SITTING = ("dockyard.classroom.sitting", "ipykernel.kernelapp", "dockyard.notebook")
_OF_MARKING = (
    "nbgrader.apps", "nbgrader.apps.nbgraderapp", "nbgrader.apps.autogradeapp", "nbgrader.apps.generatefeedbackapp",
    "dockyard.classroom.stock", "dockyard.classroom.marking:warm",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Warm:
    """Where the two of judging listen."""

    sittings: Path
    sandboxes: Path


@contextmanager
def warm(folder: Path, labs: Iterable[Lab]) -> Iterator[Warm]:
    """Both of judging, for as long as the block runs, for submissions of these labs. Raises ClassroomError."""
    labs = tuple(labs)
    before = {one.id: one for lab in labs for one in open_course().before(lab)}
    opening = (*rehearsal.LOADS, *_imports(before.values())) if before else ()
    with (
        _started(folder / "sandboxes", (*_OF_A_SANDBOX, *opening)) as sandboxes,
        _started(folder / "sittings", (*_OF_A_SITTING, *_imports(labs))) as sittings,
    ):
        yield Warm(place_of(sittings), place_of(sandboxes))


@contextmanager
def warm_nbgrader(folder: Path) -> Iterator[WarmPython]:
    """The third, for as long as the block runs; it may be loading still."""
    with _started(folder / "marks", _OF_MARKING) as marks:
        yield marks


def place_of(python: WarmPython) -> Path:
    """Where it listens, once it has loaded. Raises ClassroomError where it did not start."""
    if VARIABLE not in python.variables:
        raise ClassroomError("A process of grading did not start.", next_step="Run `dockyard doctor`.")
    return Path(python.variables[VARIABLE])


def _imports(labs: Iterable[Lab]) -> list[str]:
    return sorted({name for lab in labs for name in imported(lab)})


@contextmanager
def _started(place: Path, loads: tuple[str, ...]) -> Iterator[WarmPython]:
    with warm_python(place, loads) as python:
        try:
            yield python
        finally:
            end(python.pid)  # and what it has forked, where we are interrupted
