"""The course as frozen records: a course holds labs, a lab holds steps, a step its solution and its named mistakes.

Knows nothing about files and their formats (`reading` does) and nothing about judging.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dockyard.content.predictions import Prediction
from dockyard.content.values import Choices, draw
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
    """One thing to do: `ask` is what the learner reads, `points` what it earns, `minutes` how long it takes.

    `hints` is a ladder of three texts; `hints_for` has a ladder of its own for a check that is worth one, by its name.
    """

    id: str
    title: str
    points: int
    minutes: int
    ask: str
    hints: tuple[str, ...]
    hints_for: Mapping[str, tuple[str, ...]]
    check: Path
    solution: str
    mistakes: tuple[Mistake, ...]

    def hint(self, check: str, rung: int) -> str:
        """The rung (from 1; above the ladder its last) of the check's own ladder, or of the step's."""
        ladder = self.hints_for.get(check, self.hints)
        return ladder[min(rung, len(ladder)) - 1]

    def mistake(self, name: str) -> Mistake:
        """The named mistake. Raises ContentError naming the known ones."""
        for one in self.mistakes:
            if one.name == name:
                return one
        known = _known(each.name for each in self.mistakes)
        raise ContentError(f"Step {self.id} has no mistake {name!r}.", next_step=known)


@dataclass(frozen=True, slots=True)
class Lab:
    """One lab: its folder (what a learner gets), its notebook, its steps in order, and what its values are drawn from.

    `opening` holds checks of what must be there when the lab begins; None where it begins from nothing. A lab `apart`
    is no part of the way through the course: no other opens from what it made.
    """

    id: str
    title: str
    folder: Path
    notebook: Path
    steps: tuple[Step, ...]
    choices: Choices = field(default_factory=dict)
    predictions: tuple[Prediction, ...] = ()
    opening: Path | None = None
    apart: bool = False

    @property
    def points(self) -> int:
        """What the whole lab is worth."""
        return sum(step.points for step in self.steps)

    def values(self, learner: str) -> dict[str, str]:
        """A learner's values by the word they are drawn by: their account's twelve digits."""
        return draw(self.choices, learner)

    def prediction(self, prediction_id: str) -> Prediction:
        """The question. Raises ContentError naming the known ones."""
        for one in self.predictions:
            if one.id == prediction_id:
                return one
        known = _known(one.id for one in self.predictions)
        raise ContentError(f"Lab {self.id} has no prediction {prediction_id!r}.", next_step=known)

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

    @property
    def first(self) -> Lab:
        """Where the way through the course begins."""
        return next((one for one in self.labs if not one.apart), self.labs[0])

    def before(self, lab: Lab) -> tuple[Lab, ...]:
        """The labs whose solutions make the cloud that a lab opens from; none for one that opens from nothing."""
        if lab.opening is None:
            return ()
        return tuple(one for one in self.labs if one.id < lab.id and not one.apart)

    def lab(self, lab_id: str) -> Lab:
        """The lab. Raises ContentError naming the known ones."""
        for one in self.labs:
            if one.id == lab_id:
                return one
        raise ContentError(f"There is no lab {lab_id!r}.", next_step=_known(one.id for one in self.labs))


def _known(names: Iterable[str]) -> str:
    listed = ", ".join(names)
    return f"Known: {listed}." if listed else "None is known."
