"""Requirements resolved against the distributions that are at hand, by the resolver that pip uses.

Knows nothing about where distributions lie. What nobody here has may be left as a *gap*: something of that name that is
taken to fit, until an index says what it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version
from resolvelib import AbstractProvider, BaseReporter, ResolutionImpossible, Resolver
from resolvelib.resolvers import ResolutionTooDeep

from dockyard.errors import ConflictError
from dockyard.packages.distribution import Distribution, normal
from dockyard.packages.question import Candidate, Question, Wanted
from dockyard.packages.wording import conflict

__all__ = ["newest_first", "solve"]

_MOST_ROUNDS = 20_000


def solve(question: Question) -> dict[str, Candidate]:
    """The candidates by normalised name, the whole closure; ConflictError in pip's words where there is no way."""
    resolver: Resolver[Wanted, Candidate, str] = Resolver(_Provider(question), BaseReporter())
    try:
        result = resolver.resolve([Wanted(each) for each in question.requirements], max_rounds=_MOST_ROUNDS)
    except ResolutionImpossible as error:
        raise ConflictError(conflict(question, [(each.requirement, each.parent) for each in error.causes])) from error
    except ResolutionTooDeep as error:
        raise ConflictError("ERROR: Cannot resolve these requirements in a reasonable number of steps.") from error
    return {candidate.name: candidate for candidate in result.mapping.values() if not candidate.extras}


class _Provider(AbstractProvider[Wanted, Candidate, str]):
    """What resolvelib asks about requirements and candidates."""

    def __init__(self, question: Question) -> None:
        self._question = question

    def identify(self, requirement_or_candidate: Wanted | Candidate) -> str:
        """The name, and the extras: `flask[async]` is decided apart and requires `flask` of the same version."""
        if isinstance(requirement_or_candidate, Wanted):
            return _key(requirement_or_candidate.name, requirement_or_candidate.requirement.extras)
        return _key(requirement_or_candidate.name, requirement_or_candidate.extras)

    def get_preference(
        self,
        identifier: str,
        resolutions: Any,  # noqa: ARG002 - the resolver gives it by name
        candidates: Any,  # noqa: ARG002
        information: Any,
        backtrack_causes: Any,  # noqa: ARG002
    ) -> Any:
        """Pinned ones first, then what the user asked for, then by name."""
        wanted = [each.requirement for each in information[identifier]]
        pinned = any(each.requirement.specifier and _pin(each.requirement.specifier) for each in wanted)
        return (not pinned, all(each.parent is not None for each in information[identifier]), identifier)

    def find_matches(self, identifier: str, requirements: Any, incompatibilities: Any) -> list[Candidate]:
        """The candidates that satisfy all requirements of a name, the best first, a gap last."""
        wanted: list[Wanted] = list(requirements[identifier])
        refused = {each.version for each in incompatibilities[identifier]}
        name = wanted[0].name
        extras = frozenset(normal(extra) for extra in wanted[0].requirement.extras)
        allowed = self._allowed(name, wanted)
        known = [each for each in self._question.known(name) if allowed.contains(each.version, prereleases=True)]
        usable = [each for each in known if self._question.target.admits(each.requires_python)]
        present = self._question.present.get(name, "")
        usable.sort(key=lambda each: each.version != present)
        found = [Candidate(name, each.version, extras, each) for each in usable]
        gap = self._gap(name, extras, allowed, known)
        return [each for each in (*found, *gap) if each.version not in refused]

    def _allowed(self, name: str, wanted: Iterable[Wanted]) -> SpecifierSet:
        allowed = self._question.constraints.get(name, SpecifierSet())
        for each in wanted:
            allowed = allowed & each.requirement.specifier
        return allowed

    def _gap(
        self, name: str, extras: frozenset[str], allowed: SpecifierSet, known: Sequence[Distribution]
    ) -> list[Candidate]:
        pin = _pin(allowed)
        if not self._question.gaps or (pin and known) or not _may_be_met(allowed):
            return []
        return [Candidate(name, pin, extras)]

    def is_satisfied_by(self, requirement: Wanted, candidate: Candidate) -> bool:
        """Whether the version fits; a gap without a version fits everything."""
        return not candidate.version or requirement.requirement.specifier.contains(candidate.version, prereleases=True)

    def get_dependencies(self, candidate: Candidate) -> Iterator[Wanted]:
        """What a candidate requires on the target's Python."""
        if candidate.extras:
            pin = f"=={candidate.version}" if candidate.version else ""
            yield Wanted(Requirement(candidate.name + pin), candidate)
        if candidate.distribution is None or (self._question.alone and not candidate.extras):
            return
        for text in candidate.distribution.requires:
            requirement = _readable(text)
            if requirement and self._question.target.applies(requirement.marker, candidate.extras):
                yield Wanted(requirement, candidate)


def _key(name: str, extras: Iterable[str]) -> str:
    wanted = sorted(normal(extra) for extra in extras)
    return f"{name}[{','.join(wanted)}]" if wanted else name


def _readable(text: str) -> Requirement | None:
    """A requirement of a distribution; old ones hold some that nobody can read, and pip passes over them too."""
    try:
        return Requirement(text)
    except InvalidRequirement:
        return None


def _pin(specifier: SpecifierSet) -> str:
    """The one version that a specifier allows, where it names one."""
    exact = [each.version for each in specifier if each.operator in ("==", "===") and not each.version.endswith(".*")]
    return exact[0] if exact else ""


def _may_be_met(specifier: SpecifierSet) -> bool:
    """Whether any version could satisfy all of it: one at, right below or right above the versions it names."""
    named = [each.version.removesuffix(".*") for each in specifier]
    near = [f"{version}{step}" for version in named for step in ("", ".dev0", ".0.1", ".post1", ".1")]
    return not named or any(specifier.contains(each, prereleases=True) for each in (*near, "0", "99999") if _is(each))


def _is(version: str) -> bool:
    try:
        Version(version)
    except InvalidVersion:
        return False
    return True


def newest_first(distributions: Iterable[Distribution]) -> list[Distribution]:
    """Sorted as pip prefers them; what is no version comes last."""
    return sorted(distributions, key=lambda each: _order(each.version), reverse=True)


def _order(version: str) -> Version:
    try:
        return Version(version)
    except InvalidVersion:
        return Version("0.dev0")
