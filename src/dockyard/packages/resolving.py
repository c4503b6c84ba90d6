"""Requirements resolved in rounds: at hand first; for what is missing the index is asked, and then once more for all.

Knows nothing about images. Imported only when something is resolved: it brings the resolver.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from dockyard.errors import ConflictError
from dockyard.packages.at_hand import AtHand
from dockyard.packages.distribution import Distribution, normal
from dockyard.packages.index import Index, UnreachableError
from dockyard.packages.interpreter import Interpreter
from dockyard.packages.question import Candidate, Question
from dockyard.packages.solving import newest_first, solve
from dockyard.packages.target import Target
from dockyard.packages.wheel import Wheel

__all__ = ["Resolving", "limits"]

_MOST_ROUNDS = 6
_SILENT = "no index reachable"
_FROM_SOURCE = "there is no wheel of it, and no code of a package is run here"
_NOT_FOUND = re.compile(r"No matching distribution found for (\S+)")


class Resolving:
    """One question being resolved, and what the index has said about it so far."""

    def __init__(
        self, at_hand: AtHand, index: Index, target: Target, only: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self._at_hand = at_hand
        self._index = index
        self._target = target
        self._only = only
        self._told: dict[str, dict[str, Distribution]] = {}
        self._from_source: set[str] = set()  # names of which there is no wheel
        self.fetched: list[str] = []

    def known(self, name: str) -> list[Distribution]:
        """Every version that may be taken: those at hand, the newest first, then those the index told of."""
        near = newest_first(self._at_hand.distributions(name))
        versions = {each.version for each in near}
        far = newest_first(each for each in self._told.get(name, {}).values() if each.version not in versions)
        if self._only is None:
            return [*near, *far]
        found = {each.version: each for each in (*far, *near)}
        return newest_first(found.get(version, Distribution(name, version)) for version in self._only.get(name, ()))

    def resolve(
        self, requirements: Sequence[str], constraints: Sequence[str], present: Mapping[str, str], alone: bool
    ) -> tuple[dict[str, str], dict[str, str]]:
        """The pins, and the requirements that could not be checked, each with the reason."""
        question = Question(
            [each for each in map(Requirement, requirements) if self._target.applies(each.marker)],
            self._target,
            self.known,
            limits(constraints, self._target),
            present,
            gaps=self._only is None,
            alone=alone,
        )
        found, unchecked = self._rounds(question)
        pins = {name: each.version for name, each in found.items() if each.distribution}
        return dict(sorted(pins.items())), unchecked

    def _rounds(self, question: Question) -> tuple[dict[str, Candidate], dict[str, str]]:
        """Resolve, ask about the gaps, resolve again; where that leads nowhere, pip is asked the whole question."""
        whole = self._solved(replace(question, gaps=False), may_fail=question.gaps)
        if whole is not None:
            return whole, {}
        found = self._solved(question)
        try:
            for _ in range(_MOST_ROUNDS):
                if found is None or not self._ask_about(question, _gaps(found)):
                    break
                found = self._solved(question)
            if found is None or any(gap.name not in self._from_source for gap in _gaps(found)):
                self._ask_all(question)
        except UnreachableError:
            pass
        found = solve(question)
        reasons = {gap: _FROM_SOURCE if gap.name in self._from_source else _SILENT for gap in _gaps(found)}
        return found, {_text(gap, question): reason for gap, reason in reasons.items()}

    def _solved(self, question: Question, *, may_fail: bool = True) -> dict[str, Candidate] | None:
        try:
            return solve(question)
        except ConflictError:
            if may_fail:
                return None
            raise

    def _ask_about(self, question: Question, gaps: Sequence[Candidate]) -> bool:
        """Ask for the best wheels of what is missing; whether there was news."""
        wanted = [_text(gap, question) for gap in gaps if gap.name not in self._from_source]
        try:
            return bool(wanted) and (self._fetch_exact(wanted) or self._fetch(wanted))
        except ConflictError as error:
            return self._is_without_wheel(question, error)

    def _fetch_exact(self, wanted: Sequence[str]) -> bool:
        """Where this Python is not the image's and versions are exact: the wheels that it can load, at once."""
        runner = self._at_hand.interpreters.own
        if runner.minor == self._target.minor or not all(re.fullmatch(r"[^=<>~!,]+==[^*,]+", each) for each in wanted):
            return False
        with tempfile.TemporaryDirectory(prefix="dockyard-wheels-") as folder:
            try:
                return self._keep(self._index.wheels_for(wanted, runner, Path(folder)), [runner])
            except ConflictError:
                return False

    def _fetch(self, wanted: Sequence[str]) -> bool:
        """Download wheels; those that a Python here can load are kept, and all are news."""
        with tempfile.TemporaryDirectory(prefix="dockyard-wheels-") as folder:
            wheels = self._index.wheels(wanted, self._target, Path(folder))
            return self._keep(wheels, self._at_hand.interpreters.for_minor(self._target.minor))

    def _keep(self, wheels: Sequence[Wheel], runners: Sequence[Interpreter]) -> bool:
        for wheel in wheels:
            if self._at_hand.keep(wheel, runners):
                self.fetched.append(f"{wheel.name}=={wheel.version}")
        return self._take_in(wheel.distribution for wheel in wheels)

    def _is_without_wheel(self, question: Question, complaint: ConflictError) -> bool:
        """Note what has a source and no wheel: that is news. What the user asked for and nobody has is an error."""
        found = _NOT_FOUND.search(str(complaint))
        if not found:
            return False
        missing = Requirement(found[1])
        name = normal(missing.name)
        versions = self._index.versions(missing.name, self._target)
        if name not in self._from_source and any(missing.specifier.contains(each, True) for each in versions):
            self._from_source.add(name)
            return True
        if name in {normal(each.name) for each in question.requirements}:
            raise complaint
        return False

    def _ask_all(self, question: Question) -> None:
        """Ask pip for everything at once."""
        wanted = [_bare(each) for each in question.requirements if normal(each.name) not in self._from_source]
        limits = [f"{name}{limit}" for name, limit in question.constraints.items()]
        try:
            self._take_in(self._index.solve(wanted, limits, self._target))
        except ConflictError as error:
            if not self._is_without_wheel(question, error):
                raise

    def _take_in(self, distributions: Iterable[Distribution]) -> bool:
        before = sum(map(len, self._told.values()))
        for each in distributions:
            self._told.setdefault(each.name, {})[each.version] = each
        return sum(map(len, self._told.values())) > before


def _gaps(found: Mapping[str, Candidate]) -> list[Candidate]:
    return [each for each in found.values() if each.distribution is None]


def _text(gap: Candidate, question: Question) -> str:
    """How pip is asked for what is missing: the user's own words for it, or its name and the version needed."""
    own = [each for each in question.requirements if normal(each.name) == gap.name]
    limits = SpecifierSet(",".join(str(each.specifier) for each in own if each.specifier))
    limits = limits & question.constraints.get(gap.name, SpecifierSet())
    return f"{gap.name}{limits}" if limits or not gap.version else f"{gap.name}=={gap.version}"


def _bare(requirement: Requirement) -> str:
    """Without its marker: that was looked at for the image's Python, and pip would look with its own."""
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    return f"{requirement.name}{extras}{requirement.specifier}"


def limits(constraints: Sequence[str], target: Target) -> dict[str, SpecifierSet]:
    """Constraints by normalised name, as far as they are meant for the target."""
    found: dict[str, SpecifierSet] = {}
    for each in map(Requirement, constraints):
        if target.applies(each.marker):
            found[normal(each.name)] = found.get(normal(each.name), SpecifierSet()) & each.specifier
    return found
