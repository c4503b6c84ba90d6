"""What requirements resolve to on this machine, and how what is not at hand is fetched.

Knows nothing about images. What is at hand is preferred; what it does not have, the index may.
"""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from dockyard.errors import ConflictError, PackageError

if TYPE_CHECKING:
    from dockyard.packages.answered import Answered
    from dockyard.packages.at_hand import AtHand
    from dockyard.packages.distribution import Located
    from dockyard.packages.index import Index
    from dockyard.packages.interpreter import Interpreter
    from dockyard.packages.target import Target

__all__ = ["Distributions", "Provided", "Resolution"]


@dataclass(frozen=True, slots=True)
class Resolution:
    """Versions by normalised name, the whole closure; and the requirements that could not be checked, with why."""

    pins: Mapping[str, str]
    unchecked: Mapping[str, str] = field(default_factory=dict)
    fetched: tuple[str, ...] = ()  # NAME==VERSION, on the way


@dataclass(frozen=True, slots=True)
class Provided:
    """Which Python will run a set of pins, what was fetched for it, and what it will lack, each `NAME==VERSION`."""

    interpreter: Interpreter
    fetched: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()


class Distributions:
    """What is at hand: `folder` keeps what is fetched, `wheels` has wheel files, `installed` are site folders."""

    def __init__(
        self,
        folder: Path,
        *,
        wheels: Path | None = None,
        installed: Iterable[Path] | None = None,
        index: Index | None = None,
    ) -> None:
        self._folder = folder
        self._wheels = wheels
        self._installed = installed
        self._given_index = index

    # What follows is loaded when it is first needed: most starts of a sandbox build no image.

    @functools.cached_property
    def _at_hand(self) -> AtHand:
        from dockyard.packages.at_hand import AtHand
        from dockyard.packages.shelf import Shelf

        return AtHand(Shelf(self._folder), self._wheels, self._installed)

    @functools.cached_property
    def _index(self) -> Index:
        from dockyard.packages.index import Index

        return self._given_index or Index(self._wheels)

    def resolve(
        self,
        requirements: Sequence[str],
        constraints: Sequence[str] = (),
        *,
        target: Target | None = None,
        present: Mapping[str, str] | None = None,
        alone: bool = False,
        only: Mapping[str, Sequence[str]] | None = None,
    ) -> Resolution:
        """What requirements resolve to on the target's Python; ConflictError, in pip's words, where there is no way.

        `present` are the versions that are there already and stay where they will do; `alone` leaves out what the
        requirements require in turn; `only` gives the versions that may be taken, by name.
        """
        from dockyard.packages.resolving import Resolving
        from dockyard.packages.target import Target

        work = Resolving(self._at_hand, self._index, target or Target(), only)
        pins, unchecked = work.resolve(requirements, constraints, present or {}, alone)
        return Resolution(pins, unchecked, tuple(work.fetched))

    def another_day(self, answered: Answered) -> dict[str, str]:
        """What a question would resolve to once newer versions of its answer have appeared; nothing is fetched."""
        return answered.another_day(self._at_hand.distributions)

    def interpreter(self, minor: str, pins: Mapping[str, str]) -> Interpreter:
        """Which Python runs these pins for an image of a minor version: that one, if it is here and lacks no more."""
        return min(self._at_hand.interpreters.for_minor(minor), key=lambda runner: len(self._lacking(pins, runner)))

    def provide(self, minor: str, pins: Mapping[str, str]) -> Provided:
        """Fetch what the Python that will run these pins does not have yet; what cannot be had is named.

        Where this Python has everything, no other is looked for: to ask one on PATH takes longer than a whole build.
        """
        own = self._at_hand.interpreters.own
        if not self._lacking(pins, own):
            return Provided(own)
        runner = self.interpreter(minor, pins)
        wanted = self._lacking(pins, runner)
        if wanted and not self._fetch(wanted, runner):
            for each in wanted if len(wanted) > 1 else ():
                self._fetch([each], runner)
        lacking = self._lacking(pins, runner)
        return Provided(runner, tuple(each for each in wanted if each not in lacking), tuple(lacking))

    def files(self, name: str, version: str, interpreter: Interpreter | None = None) -> Located:
        """Where a distribution's files lie, for this Python or another; LookupError where they are not here."""
        site = self._at_hand.site(_normal(name), version, interpreter or self._at_hand.interpreters.own)
        if site is None:
            raise LookupError(f"{name}=={version} is not here")
        return site.located

    def fetch(self, name: str, version: str, interpreter: Interpreter | None = None) -> Located:
        """The same, fetched first where it is not here; PackageError where no index has it or none can be asked."""
        runner = interpreter or self._at_hand.interpreters.own
        if self._lacking({_normal(name): version}, runner) and not self._fetch([f"{name}=={version}"], runner):
            sentence = f"{name}=={version} is not on this machine, and no index gives a wheel of it"
            raise PackageError(
                f"{sentence} for Python {runner.minor}.",
                next_step="Connect to the network, or name a folder of wheels in DOCKYARD_WHEELS.",
            )
        return self.files(name, version, runner)

    def _lacking(self, pins: Mapping[str, str], runner: Interpreter) -> list[str]:
        return [f"{name}=={pin}" for name, pin in pins.items() if self._at_hand.site(name, pin, runner) is None]

    def _fetch(self, pins: Sequence[str], runner: Interpreter) -> bool:
        """Whether all of it came."""
        from dockyard.packages.index import UnreachableError

        with tempfile.TemporaryDirectory(prefix="dockyard-wheels-") as folder:
            try:
                for wheel in self._index.wheels_for(pins, runner, Path(folder)):
                    self._at_hand.keep(wheel, [runner])
            except (ConflictError, UnreachableError):
                return False
        return True


def _normal(name: str) -> str:
    from dockyard.packages.distribution import normal

    return normal(name)
