"""One page of a list call; a token is the position at which the next page begins.

Knows nothing about what is listed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from dockyard.errors import AwsError

Item = TypeVar("Item")

#: A position has at most so many digits; Python refuses to read some thousands of them.
_DIGITS = 9


def page(items: Sequence[Item], token: str | None, size: int, refusal: AwsError) -> tuple[list[Item], str | None]:
    """So many items from the token's position on, and the token of the rest (None at the end).

    Raises `refusal` when the token is none of ours.
    """
    if token is not None and not (token.isdecimal() and len(token) <= _DIGITS):
        raise refusal
    start = int(token or 0)
    end = start + size
    return list(items[start:end]), str(end) if end < len(items) else None


def with_token(response: dict[str, Any], key: str, token: str | None) -> dict[str, Any]:
    """The response, with the token under `key` when there is one: a client reads an empty token as a next page."""
    return response if token is None else {**response, key: token}
