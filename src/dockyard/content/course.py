"""The course as frozen records: a course holds labs, a lab holds steps, a step its solution and its named mistakes.

Knows nothing about files and their formats (`reading` does) and nothing about judging.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dockyard.errors import ContentError

__all__ = ["Course", "Lab", "Mistake", "Step"]


@dataclass(frozen=True, slots=True)
class Mistake:
    """A wrong answer worth naming: the notebook cell that makes it and the sentence its verdict must contain."""

    name: str
    earns: str
    cell: str
    file: Path


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: `ask` is what the learner reads, `points` what it earns, `minutes` how long it takes."""

    id: str
    title: str
    points: int
    minutes: int
    ask: str
    hints: tuple[str, ...]
    check: Path
    solution: str
    mistakes: tuple[Mistake, ...]

    def mistake(self, name: str) -> Mistake:
        """The named mistake. Raises ContentError naming the known ones."""
        for one in self.mistakes:
            if one.name == name:
                return one
        known = _known(each.name for each in self.mistakes)
        raise ContentError(f"Step {self.id} has no mistake {name!r}.", next_step=known)


@dataclass(frozen=True, slots=True)
class Lab:
    """One lab: its folder (what a learner gets), its notebook, its steps in order and its values."""

    id: str
    title: str
    folder: Path
    notebook: Path
    steps: tuple[Step, ...]
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def points(self) -> int:
        """What the whole lab is worth."""
        return sum(step.points for step in self.steps)

    def step(self, step_id: str) -> Step:
        """The step. Raises ContentError naming the known ones."""
        for one in self.steps:
            if one.id == step_id:
                return one
        raise ContentError(f"Lab {self.id} has no step {step_id!r}.", next_step=_known(one.id for one in self.steps))


@dataclass(frozen=True, slots=True)
class Course:
    """Every lab, in the order of the folders' names."""

    labs: tuple[Lab, ...]

    def lab(self, lab_id: str) -> Lab:
        """The lab. Raises ContentError naming the known ones."""
        for one in self.labs:
            if one.id == lab_id:
                return one
        raise ContentError(f"There is no lab {lab_id!r}.", next_step=_known(one.id for one in self.labs))


def _known(names: Iterable[str]) -> str:
    listed = ", ".join(names)
    return f"Known: {listed}." if listed else "None is known."
