"""The filters of a list: `{"label": ["a=b"]}`, or as newer clients write it `{"label": {"a=b": true}}`.

Knows nothing about what is listed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from dockyard.errors import EngineError
from dockyard.sandbox.engine.http import Request, members

__all__ = ["Filters", "glob"]

_TRUTHS = {"1": True, "true": True, "0": False, "false": False}


class Filters:
    """What a client asks a list to be narrowed to; a name that is not `known` is refused as Docker does."""

    def __init__(self, request: Request, known: str) -> None:
        self._given = members(request.first("filters"), "filters")
        unknown = sorted(self._given.keys() - known.split())
        if unknown:
            raise EngineError(f"invalid filter '{unknown[0]}'")
        self._values = {name: _values(name, given) for name, given in self._given.items()}

    def of(self, name: str) -> list[str]:
        """A filter's values; none where it is not given."""
        return self._values.get(name, [])

    def truth(self, name: str) -> bool | None:
        """A filter that is true or false; None where it is not given."""
        values = self.of(name)
        if not values:
            return None
        if values[0].lower() not in _TRUTHS:
            raise EngineError(f"invalid filter '{name}={values[0]}'")
        return _TRUTHS[values[0].lower()]

    def labels_fit(self, labels: Mapping[str, str] | None) -> bool:
        """Whether every `label` is there (with its value, where one is named) and no `label!` is."""
        held = labels or {}
        return all(_labelled(held, each) for each in self.of("label")) and not any(
            _labelled(held, each) for each in self.of("label!")
        )


def _values(name: str, given: Any) -> list[str]:
    if not isinstance(given, list | dict):
        raise EngineError(f"the filter {name} must be a list of values")
    return [str(value) for value in given]


def _labelled(labels: Mapping[str, str], wanted: str) -> bool:
    name, equals, value = wanted.partition("=")
    return name in labels and (not equals or labels[name] == value)


def glob(pattern: str) -> re.Pattern[str]:
    """A pattern as Go's path.Match reads it: `*` and `?` stop at a slash. Raises EngineError."""
    parts = re.split(r"(\*|\?|\[\^?[^\]]+\])", pattern)
    try:
        return re.compile("".join(map(_part, parts)))
    except re.error as error:
        raise EngineError(f"syntax error in pattern: {pattern}") from error


def _part(part: str) -> str:
    if part in ("*", "?"):
        return {"*": "[^/]*", "?": "[^/]"}[part]
    if part.startswith("[") and len(part) > 2:
        inverted = "^" if part[1] == "^" else ""
        inner = part[1 + len(inverted) : -1]
        return f"[{inverted}{re.escape(inner).replace(chr(92) + '-', '-')}]"
    return re.escape(part)
