"""A JSON object that a client sent, each member of the type Docker wants or refused in one sentence.

Knows nothing about what the members mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dockyard.errors import EngineError

__all__ = ["Asked"]


class Asked:
    """The members of one object. What is missing or null is empty; another type is refused with 400."""

    def __init__(self, given: Any, what: str = "the request's body") -> None:
        if given is not None and not isinstance(given, dict):
            raise EngineError(f"{what} is not a JSON object")
        self._given: dict[str, Any] = given or {}

    def _member(self, name: str, kind: type | tuple[type, ...], wanted: str) -> Any:
        value = self._given.get(name)
        if value is not None and (not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool)):
            raise EngineError(f"{name} must be {wanted}")
        return value

    def text(self, name: str) -> str:
        """A text; one with a null character can be no name, path or argument of a process."""
        return _clean(self._member(name, str, "a text") or "", name)

    def flag(self, name: str) -> bool:
        """True or false."""
        return bool(self._member(name, bool, "true or false"))

    def number(self, name: str) -> int | None:
        """A whole number; None where it is missing."""
        value: int | None = self._member(name, int, "a whole number")
        if value is not None and abs(value) >= 1 << 63:
            raise EngineError(f"{name} must be a whole number of 64 bits")
        return value

    def texts(self, name: str) -> tuple[str, ...] | None:
        """A list of texts, where a single text is a list of one; None where it is missing."""
        value = self._member(name, (list, str), "a list of texts")
        if value is None:
            return None
        listed = [value] if isinstance(value, str) else value
        if not all(isinstance(each, str) for each in listed):
            raise EngineError(f"{name} must be a list of texts")
        return tuple(_clean(each, name) for each in listed)

    def mapping(self, name: str) -> Mapping[str, str]:
        """An object of texts."""
        value = self._member(name, dict, "an object of texts") or {}
        if not all(isinstance(each, str) for each in value.values()):
            raise EngineError(f"{name} must be an object of texts")
        return {_clean(key, name): _clean(each, name) for key, each in value.items()}

    def object(self, name: str) -> Asked:
        """An object inside this one."""
        return Asked(self._given.get(name), name)

    def objects(self, name: str) -> list[Asked]:
        """A list of objects."""
        return [Asked(each, f"an entry of {name}") for each in self._member(name, list, "a list") or []]

    def names(self) -> list[str]:
        """The names of the members."""
        return [_clean(name, "a name") for name in self._given]

    def is_set(self, name: str) -> bool:
        """Whether a member asks for anything: not missing, null, false, 0 or empty."""
        return bool(self._given.get(name))


def _clean(text: str, name: str) -> str:
    if "\0" in text:
        raise EngineError(f"{name} must not hold a null character")
    return text
