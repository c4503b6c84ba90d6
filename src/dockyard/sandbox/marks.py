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
    from dockyard.sandbox.recollections import Refused


_ASIDE, _WORKED_ON = "mine before ", "worked on before "
#: The snapshot of an opening state in which nothing was done: it is only to go back to where the next cannot be made.
_AS_OPENED = "an opening state"


@dataclass(slots=True, frozen=True)
class Kept:
    """An account at a moment: its frozen world, and the engine's tags and images (None: an old journal lacks them).

    `refused`: what it had been refused until then. `marks`: what one could go back to then, for an account kept under
    a name of one's own.
    """

    world: bytes
    images: dict[str, Any] | None = None
    refused: Refused = field(default_factory=dict)
    marks: Mapping[str, Kept] = field(default_factory=dict)


def mark_of(lab: str, step: str) -> str:
    """The name of the snapshot kept before a step; a name with a slash is nobody else's."""
    return f"before {lab}/{step}"


def put_aside(lab: str, names: Collection[str], *, as_opened: bool) -> str:
    """The name for the cloud whose place a lab's opening state takes.

    The learner's own is put aside once, and stays until it comes back. What stands in its place meanwhile is kept
    beside it, each time under a new name, unless it is an opening state still `as_opened`.
    """
    if not any(name.startswith(_ASIDE) for name in names):
        return f"{_ASIDE}{lab}"
    if as_opened:
        return _AS_OPENED
    first = f"{_WORKED_ON}{lab}"
    return next(one for one in (first, *(f"{first} ({n})" for n in range(2, len(names) + 3))) if one not in names)


def own_of(lab: str, names: Collection[str]) -> str | None:
    """The name under which the learner's own cloud was put aside, before this lab or else another; None: it was not."""
    own = [name for name in names if name.startswith(_ASIDE)]
    return f"{_ASIDE}{lab}" if f"{_ASIDE}{lab}" in own else next(iter(own), None)


def is_worked_on(name: str) -> bool:
    """Whether a snapshot of this name is what the learner made of an opening state."""
    return name.startswith(_WORKED_ON)


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
