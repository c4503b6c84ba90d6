"""Exercises of images that are known already, from whichever sandbox of this user.

Knows nothing about how an image is exercised. Kept is only what no lack of the machine can have brought about: the
container ran on, answered whatever it was asked, and ended when it was told to.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from dockyard.grading.exercise import Answer, Done, Exercise, Wish
from dockyard.sandbox.known import Known

__all__ = ["KnownExercises"]

#: A command's exit code that says that it was not done in time, or not at all.
_UNDONE = range(124, 128)


class KnownExercises:
    """Exercises by image and wish."""

    def __init__(self, known: Known) -> None:
        self._known = known

    def find(self, image: str, wish: Wish) -> Exercise | None:
        """What the image did, None where that is not known."""
        try:
            return _read(self._known.find(_key(image, wish)))
        except (TypeError, LookupError):
            return None

    def keep(self, image: str, wish: Wish, did: Exercise) -> None:
        """Keep what it did, where that is sure."""
        if _is_sure(did, wish):
            self._known.keep(_key(image, wish), asdict(did))


def _key(image: str, wish: Wish) -> str:
    return f"exercise {image} {wish!r}"


def _is_sure(did: Exercise, wish: Wish) -> bool:
    answers = [*did.answers, *([did.in_hand] if did.in_hand else [])]
    answered = all(one.status for one in answers) and not any(one.exit_code in _UNDONE for one in did.done)
    return did.exit_code is None and answered and (did.stop_code is not None or not wish.stop)


def _read(told: dict[str, Any]) -> Exercise:
    return Exercise(
        tuple([Answer(**one) for one in told["answers"]]), tuple([Done(**one) for one in told["done"]]),
        told["exit_code"], told["stop_code"], Answer(**told["in_hand"]) if told["in_hand"] else None,
        tuple(told["lines"]), told["for_itself"],
    )  # fmt: skip
