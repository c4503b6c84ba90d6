"""One question that pip was asked and its answer, as an image keeps them; and the same question asked another day.

Knows nothing about images. The other day is one on which newer versions of all that was taken have appeared. They are
made up for this one question: nothing is fetched, nothing is unpacked, and nobody sees them afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dockyard.packages.distribution import Distribution

__all__ = ["Answered"]


@dataclass(frozen=True, slots=True)
class Answered:
    """Requirements and constraints as they were resolved for a Python, over what was there; the versions by name."""

    requirements: tuple[str, ...]
    pins: Mapping[str, str]
    constraints: tuple[str, ...] = ()
    present: Mapping[str, str] = field(default_factory=dict)
    alone: bool = False  # without what the requirements require in turn
    offline: bool = False  # asked of folders of the image only: there nothing newer appears
    python: str = ""
    architecture: str = "amd64"

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Answered:
        """Read what `as_json` made."""
        return cls(**{**said, "requirements": tuple(said["requirements"]), "constraints": tuple(said["constraints"])})

    def as_json(self) -> dict[str, Any]:
        """Plain values, each member by its name."""
        return asdict(self)

    def another_day(self, at_hand: Callable[[str], Sequence[Distribution]]) -> dict[str, str]:
        """What the same question resolves to once newer versions of its answer have appeared; `at_hand` by name.

        What was there before the question is there on the other day, too, as it was: if that moves, its own question
        says so.
        """
        if self.offline:
            return dict(self.pins)
        from packaging.requirements import Requirement

        from dockyard.packages.question import Question
        from dockyard.packages.resolving import limits
        from dockyard.packages.solving import newest_first, solve
        from dockyard.packages.target import Target

        def known(name: str) -> list[Distribution]:
            return newest_first(self._on_the_other_day(name, at_hand(name)))

        target = Target(self.python, self.architecture)
        found = solve(
            Question(
                [Requirement(each) for each in self.requirements],
                target,
                known,
                limits(self.constraints, target),
                self.present,
                alone=self.alone,
            )
        )
        return {name: each.version for name, each in found.items() if each.distribution}

    def _on_the_other_day(self, name: str, here: Sequence[Distribution]) -> list[Distribution]:
        """Every version there is then: those of today, the one that was taken among them, and newer ones."""
        from dockyard.packages.distribution import Distribution

        taken = self.pins.get(name)
        if taken is None:
            return list(here)
        known = next((each for each in here if each.version == taken), Distribution(name, taken))
        newer = [replace(known, version=version) for version in _newer(taken)]
        return list({each.version: each for each in (*newer, known, *here)}.values())


def _newer(version: str) -> Iterator[str]:
    """The next patch, minor and major version: `3.1.2` → `3.1.3`, `3.2.0`, `4.0.0`."""
    from packaging.version import InvalidVersion, Version

    try:
        major, minor, patch = (*Version(version).release, 0, 0)[:3]
    except InvalidVersion:
        return
    yield from (f"{major}.{minor}.{patch + 1}", f"{major}.{minor + 1}.0", f"{major + 1}.0.0")
