"""What a learner can go back to: accounts kept under a name, and the marks among them, one before each step of a lab.

Knows nothing about judging or how an account is restored.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from dockyard.errors import ContentError

if TYPE_CHECKING:
    from dockyard.content.course import Lab
    from dockyard.grading.report import Report


_ASIDE = "mine before "


@dataclass(slots=True, frozen=True)
class Kept:
    """An account at a moment: its frozen world, and the engine's tags and images (None: an old journal lacks them).

    `marks`: what one could go back to then, for an account kept under a name of one's own.
    """

    world: bytes
    images: dict[str, Any] | None = None
    marks: Mapping[str, Kept] = field(default_factory=dict)


def mark_of(lab: str, step: str) -> str:
    """The name of the snapshot kept before a step; a name with a slash is nobody else's."""
    return f"before {lab}/{step}"


def put_aside(lab: str) -> str:
    """The name of the snapshot kept before a lab's opening state takes the cloud's place."""
    return f"{_ASIDE}{lab}"


def is_mark(name: str) -> bool:
    """Whether a snapshot of this name is a mark."""
    return "/" in name


def reached(lab: Lab, report: Report) -> Iterator[str]:
    """The steps that come next after those passed; one that the report says is passed too lies behind already."""
    passed = {one.step for one in report.steps if one.verdict == "passed"}
    for step, following in pairwise(lab.steps):
        if step.id in passed and following.id not in passed:
            yield following.id


def taken(lab: Lab, names: Collection[str]) -> list[str]:
    """The steps of a lab that can be gone back to, in its order."""
    return [step.id for step in lab.steps if mark_of(lab.id, step.id) in names]


def marks_of(names: Mapping[str, Kept]) -> dict[str, Kept]:
    """The marks among what is kept."""
    return {name: kept for name, kept in names.items() if is_mark(name)}


def not_taken(lab: Lab, step: str, names: Collection[str]) -> ContentError:
    """The refusal to go back to before a step that was never come to."""
    known = ", ".join(taken(lab, names))
    first = step == lab.steps[0].id
    here = f"You can go back to: {known}." if known else f"There is no step of {lab.id} to go back to yet."
    return ContentError(
        f"The account from before lab {lab.id} was not kept."
        if first
        else f"You have not come to step {step} of lab {lab.id} yet.",
        next_step=" ".join([here, *_aside(names)]),
    )


def _aside(names: Collection[str]) -> Iterator[str]:
    """How the clouds come back that an opening state took the place of, with their own steps."""
    for lab in (name.removeprefix(_ASIDE) for name in names if name.startswith(_ASIDE)):
        yield (
            f'The cloud you had before the opening state of {lab} comes back with lab.start("kept") there, or '
            f"`dockyard start {lab} --from kept`."
        )


def after(lab: Lab, step: str, kept: Mapping[str, Kept]) -> list[str]:
    """The marks that a return to before a step forgets: those of later steps of the lab, and those made since."""
    order, here = list(kept), mark_of(lab.id, step)
    since = {name for name in order[order.index(here) + 1 :] if is_mark(name)}
    steps = [one.id for one in lab.steps]
    later = {mark_of(lab.id, one) for one in steps[steps.index(step) + 1 :]}
    return [name for name in order if name in since | later]
