"""What a request to the control API holds: a JSON object, numbers; and what is said where it does not.

Knows nothing about what is asked for.
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from dockyard.errors import DockyardError
from dockyard.sandbox.strict_json import read_json

__all__ = ["ControlError", "body_of", "number", "whole"]


class ControlError(DockyardError):
    """A control request refused: one sentence and its HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


async def body_of(request: Request) -> dict[str, Any]:
    """The JSON object in a request's body. Raises ControlError."""
    try:
        body = read_json(await request.body())
    except ValueError as error:
        raise ControlError(400, f"The request's body is not JSON: {error}.") from None
    if not isinstance(body, dict):
        raise ControlError(400, "The request's body must be a JSON object.")
    return body


def number(body: dict[str, Any], member: str, *, most: float = 1e9) -> float:
    """A member that must be a number from 0 to `most`. Raises ControlError."""
    value = body.get(member)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise ControlError(400, f"`{member}` must be a number from 0 to {most:.0f}.")
    return float(value)


def whole(request: Request, name: str, default: int, *, least: int = 0, most: int = 2**53) -> int:
    """A whole number in the request's query. Raises ControlError."""
    text = request.query_params.get(name, str(default))
    if text.isascii() and text.isdigit() and len(text) <= 16 and least <= int(text) <= most:
        return int(text)
    raise ControlError(400, f"`{name}` must be a whole number from {least} to {most}.")
