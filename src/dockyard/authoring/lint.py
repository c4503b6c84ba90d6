"""Lint: what is wrong with the course as it is written, each finding with its file, its step and its rule.

Knows nothing about running anything: whether a check judges well is for `prove`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from dockyard.authoring import coverage, handout, layout, pace, sources
from dockyard.content import Lab, Places, open_course, places
from dockyard.content.reading import open_lab, shared_values
from dockyard.errors import ContentError

__all__ = ["Finding", "lint"]

Rule = Callable[[Lab, Places], Iterator[tuple[Path, str, str]]]


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: the file, the step ("" for the whole lab), the rule's name and what to do."""

    file: Path
    step: str
    rule: str
    sentence: str

    def __str__(self) -> str:
        step = f", step {self.step}" if self.step else ""
        return f"{self.file}{step}: {self.rule}: {self.sentence}"


#: The name of each rule, as findings show it.
RULES: dict[str, Rule] = {
    "unknown key": layout.unknown_keys,
    "orphan": layout.orphans,
    "cells": layout.cells,
    "points": layout.points,
    "mistakes": layout.mistakes,
    "hints": layout.hints,
    "predictions": layout.predictions,
    "solution in the hand-out": handout.solution_text,
    "pace": pace.first_check,
    "sources": sources.more_exactly,
}


def lint(where: Places | None = None) -> list[Finding]:
    """Every fault of the course, lab by lab; a lab that cannot be read has that one fault."""
    where = where or places()
    found: list[Finding] = []
    for folder in sorted(one.parent for one in where.labs.glob("*/lab.toml")):
        try:
            lab = open_lab(folder, where.graders / folder.name, shared_values(where))
        except ContentError as error:
            found.append(Finding(folder / "lab.toml", "", "unreadable", str(error)))
            continue
        for name, rule in RULES.items():
            found += [Finding(file, step, name, sentence) for file, step, sentence in rule(lab, where)]
    strangers = {one.name for one in where.graders.iterdir() if one.is_dir()} - {
        one.parent.name for one in where.labs.glob("*/lab.toml")
    }
    found += [
        Finding(where.graders / name, "", "orphan", "There is no lab of that name: move or remove the folder.")
        for name in sorted(strangers)
        if not name.startswith(("_", "."))
    ]
    if not found:
        covered = where.labs / "coverage.toml"
        found += [Finding(covered, "", "coverage", one) for one in coverage.gaps(covered, open_course(where))]
    return found
