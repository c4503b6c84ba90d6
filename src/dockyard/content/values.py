"""A learner's values: names, ports and sizes that differ from learner to learner, and texts that name them.

Knows nothing about who the learner is: it draws by a word of theirs (their account's twelve digits), always the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256

__all__ = ["Choices", "draw", "fill"]

#: A value's name → the texts it is drawn from; one text is the same for everybody. A text may name values before it.
Choices = Mapping[str, tuple[str, ...]]


def draw(choices: Choices, learner: str) -> dict[str, str]:
    """Each value, drawn for a learner: the same in every process, and for nearly every learner another set."""
    drawn: dict[str, str] = {}
    for name, texts in choices.items():
        number = int.from_bytes(sha256(f"{learner}:{name}".encode()).digest()[:8], "big")
        drawn[name] = fill(texts[number % len(texts)], drawn)
    return drawn


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with each `{name}` of a known value in its place; other braces stay as they are."""
    return re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], found[0]), text)
