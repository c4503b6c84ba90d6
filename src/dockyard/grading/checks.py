"""What a check is made of: `@check`, `expect`, `attempt` and `Failure`.

Knows nothing about how checks are found, run or reported. A check is a function of a world and the lab's values; its
docstring is the sentence the learner reads.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import overload

from dockyard.errors import ContentError
from dockyard.grading.world import World

__all__ = ["Check", "Examination", "Failure", "Values", "attempt", "check", "expect"]

Values = Mapping[str, str]
Examination = Callable[[World, Values], None]


class Failure(Exception):  # noqa: N818 - an answer to the learner, not an error of the program
    """Not yet: what was seen instead, the cloud's own line about it, what to do next; `asked` if not the docstring."""

    def __init__(self, seen: str, *, cloud: str = "", next: str = "", asked: str = "") -> None:  # noqa: A002
        super().__init__(seen)
        self.seen = seen
        self.cloud = cloud
        self.next = next
        self.asked = asked


@dataclass(frozen=True, slots=True)
class Check:
    """One examination: its name, the sentence the learner reads, and the checks that must have passed before."""

    name: str
    asked: str
    examine: Examination
    after: tuple[Check, ...] = ()


@overload
def check(examine: Examination) -> Check: ...
@overload
def check(*, after: Check | tuple[Check, ...]) -> Callable[[Examination], Check]: ...
def check(
    examine: Examination | None = None, *, after: Check | tuple[Check, ...] = ()
) -> Check | Callable[[Examination], Check]:
    """Make a function a check: `@check`, or `@check(after=other)` when it makes no sense before `other` has passed.

    `after` may be several. What is read off comes first, and what must be run comes after it. Raises ContentError for
    a function without a docstring.
    """
    before = after if isinstance(after, tuple) else (after,)
    if examine is None:
        return lambda function: _check(function, before)
    return _check(examine, before)


def _check(examine: Examination, after: tuple[Check, ...]) -> Check:
    name = getattr(examine, "__name__", "check")
    sentence = " ".join((inspect.getdoc(examine) or "").split())
    if not sentence:
        raise ContentError(f"The check {name} has no docstring.", next_step="Write the sentence the learner reads.")
    return Check(name, sentence, examine, after)


def expect(condition: object, seen: str, *, cloud: str = "", next: str = "") -> None:  # noqa: A002
    """Raise Failure unless the condition holds."""
    if not condition:
        raise Failure(seen, cloud=cloud, next=next)


@contextmanager
def attempt(seen: str, *, next: str = "") -> Iterator[None]:  # noqa: A002
    """Call the cloud; a refusal by an AWS service becomes a Failure that quotes it."""
    try:
        yield
    except Exception as error:
        answer = getattr(error, "response", None)
        if not isinstance(answer, dict) or "Error" not in answer:
            raise
        raise Failure(seen, cloud=in_its_words(answer["Error"]), next=next) from error


def in_its_words(error: Mapping[str, str]) -> str:
    """`Code: message`, from the Error member of an AWS answer."""
    return f"{error.get('Code', 'Error')}: {error.get('Message', '')}".strip()
