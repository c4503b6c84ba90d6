"""Predictions: questions a learner answers before the cloud does, with what is said afterwards.

Knows nothing about who predicted what or how it came out. They lie among the graders: a learner may not read them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isclose

from dockyard.errors import ContentError

__all__ = ["Prediction"]

#: A number that differs by no more, of itself, was rounded on its way.
ROUNDED = 0.02


@dataclass(frozen=True, slots=True)
class Prediction:
    """One question. A choice has `choices` (letter → text) and what each wrong one betrays; else it asks a number.

    `right` is a letter, or the number expected, as text; `unit` is what a number counts; `because` explains why.
    `elsewise` explains an outcome that is not `right` (letter → text): what the learner has may make another come.
    A number may be betrayed, too: by its text, as `answer` gives it.
    `drawn` is the curve, as text, that a solved notebook draws beside its answer, where the cell asks for one.
    """

    id: str
    ask: str
    right: str
    because: str
    unit: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    betrays: Mapping[str, str] = field(default_factory=dict)
    elsewise: Mapping[str, str] = field(default_factory=dict)
    drawn: str = ""

    def answer(self, given: object) -> str:
        """The answer as text. Raises ContentError for one that the question does not take."""
        if self.choices:
            letter = str(given).strip().lower()
            if letter not in self.choices:
                raise ContentError(f"{given!r} is none of the choices.", next_step=f"Say one of {self._letters()}.")
            return letter
        if isinstance(given, bool) or not isinstance(given, int | float):
            raise ContentError(f"{given!r} is no number.", next_step=f"Say how many {self.unit}, such as 10.")
        return f"{given:g}"

    def question(self) -> str:
        """The question with its choices, in lines."""
        listed = [f"  {letter}) {text}" for letter, text in self.choices.items()]
        return "\n".join([self.ask, *(listed or [f"  (a number: {self.unit})"])])

    def compared(self, answer: str, outcome: str) -> str:
        """Both side by side, and why it came out so; a wrong answer is answered by what it betrays.

        `outcome` is "" where nothing came out: then what is right is said.
        """
        if not self.choices:
            came = f"it was {outcome}" if outcome else f"right is {self.right}"
            said = f"You said {answer}; {came} {self.unit}."
            if not outcome and isclose(float(answer), float(self.right), rel_tol=ROUNDED):
                said = f"You said {answer} {self.unit}: that is right."
            return "\n".join([said, self.betrays.get(answer, self.because)])
        came = outcome if outcome in self.choices else self.right
        words = ("That is how it came out.", "It was") if outcome else ("That is right.", "Right is")
        said = words[0] if answer == came else f"{words[1]} {came}) {self.choices[came]}"
        return "\n".join([f"You said {answer}) {self.choices[answer]}", said, *self._why(answer, came)])

    def _why(self, answer: str, came: str) -> list[str]:
        """At most one sentence; none where an outcome came that nobody explained."""
        if came != self.right:
            return [self.elsewise[came]] if came in self.elsewise else []
        return [self.betrays.get(answer, self.because)]

    def _letters(self) -> str:
        return ", ".join(self.choices)
