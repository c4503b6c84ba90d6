"""The two warm Pythons of grading: sittings come from one, sandboxes and what plays their openings from the other.

Knows nothing about submissions, or about how forks are made: only what a sitting and a sandbox load.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dockyard.classroom.ending import end
from dockyard.content import Lab, open_course
from dockyard.content.imports import imported
from dockyard.demo import SANDBOX_LOADS
from dockyard.errors import ClassroomError
from dockyard.warm_python import VARIABLE, warm_python

__all__ = ["Warm", "warm"]

#: What each of them loads at once, and else would load in every fork. Two, for a kernel has no business with moto.
_OF_A_SANDBOX = (*SANDBOX_LOADS, "boto3", "dockyard.classroom.sandboxes")
_OF_AN_OPENING = ("dockyard.rehearsal.learner", "dockyard.rehearsal.warming:warm", "dockyard.notebook", "IPython")
_OF_A_SITTING = ("dockyard.classroom.sitting", "ipykernel.kernelapp", "dockyard.notebook")


@dataclass(frozen=True, slots=True)
class Warm:
    """Where the two listen."""

    sittings: Path
    sandboxes: Path


@contextmanager
def warm(folder: Path, labs: Iterable[Lab]) -> Iterator[Warm]:
    """Both processes, for as long as the block runs, ready for submissions of these labs. Raises ClassroomError."""
    places = Warm(folder / "sittings", folder / "sandboxes")
    labs = tuple(labs)
    before = {one.id: one for lab in labs for one in open_course().before(lab)}
    opening = (*_OF_AN_OPENING, *_imports(before.values())) if before else ()
    with (
        _started(places.sandboxes, (*_OF_A_SANDBOX, *opening)),
        _started(places.sittings, (*_OF_A_SITTING, *_imports(labs))),
    ):
        yield places


def _imports(labs: Iterable[Lab]) -> list[str]:
    return sorted({name for lab in labs for name in imported(lab)})


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
