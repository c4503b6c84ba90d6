"""What a resolver is asked, and the values it works with: requirements, and the candidates that may meet them.

Knows nothing about how an answer is found.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from dockyard.packages.distribution import Distribution, normal
from dockyard.packages.target import Target

__all__ = ["Candidate", "Question", "Wanted"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One version of a distribution, with extras; a gap has no distribution, and no version unless one was pinned."""

    name: str
    version: str
    extras: frozenset[str] = frozenset()
    distribution: Distribution | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """One requirement, and which candidate has it (None: the user)."""

    requirement: Requirement
    parent: Candidate | None = None

    @property
    def name(self) -> str:
        """Its normalised name."""
        return normal(self.requirement.name)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: requirements, constraints by name, the Python, what it has already, and whether gaps may be."""

    requirements: Sequence[Requirement]
    target: Target
    known: Callable[[str], Sequence[Distribution]]  # every distribution of a name, the best first
    constraints: Mapping[str, SpecifierSet] = field(default_factory=dict)
    present: Mapping[str, str] = field(default_factory=dict)
    gaps: bool = True
    alone: bool = False  # without what the requirements require in turn
