"""pip's own words for requirements that cannot be met.

Knows nothing about how that was found out.
The sentences are those of pip's resolver; they are used where pip itself could not be asked.
"""

from __future__ import annotations

from collections.abc import Sequence

from dockyard.packages.question import Candidate, Question, Wanted

__all__ = ["conflict"]

_ADVICE = """
To fix this you could try to:
1. loosen the range of package versions you've specified
2. remove package versions to allow pip attempt to solve the dependency conflict
"""

Causes = Sequence[tuple[Wanted, Candidate | None]]


def conflict(question: Question, causes: Causes) -> str:
    """What pip prints: one requirement that nothing meets, or several that cannot be met together."""
    names = {wanted.name for wanted, _ in causes}
    if len(causes) == 1 and not names & set(question.constraints):
        return _nothing(question, *causes[0])
    return _together(question, causes)


def _nothing(question: Question, wanted: Wanted, parent: Candidate | None) -> str:
    asked = f"{wanted.requirement} (from {parent.name})" if parent else str(wanted.requirement)
    known = question.known(wanted.name)
    other = [each for each in known if not question.target.admits(each.requires_python)]
    skipped = "; ".join(f"{each.version} Requires-Python {each.requires_python}" for each in other)
    ignored = f"ERROR: Ignored the following versions that require a different python version: {skipped}\n"
    versions = ", ".join(each.version for each in reversed(known) if each not in other) or "none"
    sentence = f"ERROR: Could not find a version that satisfies the requirement {asked} (from versions: {versions})"
    last = f"ERROR: No matching distribution found for {wanted.requirement}"
    return f"{ignored if other else ''}{sentence}\n{last}"


def _together(question: Question, causes: Causes) -> str:
    triggers = {f"{parent.name}=={parent.version}" if parent else str(wanted.requirement) for wanted, parent in causes}
    first = f"ERROR: Cannot install {_joined(sorted(triggers))} because these package versions have conflicting "
    lines = [f"{_who(parent)} {wanted.requirement}" for wanted, parent in causes]
    limits = {wanted.name for wanted, _ in causes} & set(question.constraints)
    lines += [f"The user requested (constraint) {name}{question.constraints[name]}" for name in sorted(limits)]
    said = "".join(f"\n    {line}" for line in dict.fromkeys(lines))
    return f"{first}dependencies.\n\nThe conflict is caused by:{said}\n{_ADVICE}\nERROR: ResolutionImpossible"


def _who(parent: Candidate | None) -> str:
    return f"{parent.name} {parent.version} depends on" if parent else "The user requested"


def _joined(texts: Sequence[str]) -> str:
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"
