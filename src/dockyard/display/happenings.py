"""Happenings as lines of text: the simulated time, what happened, and because of what.

Knows nothing about where they come from or where the lines go.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from dockyard.display.moments import time_of_day

__all__ = ["Teller"]

_WIDTH = 110
_MARGIN = " " * 10
_OF_ONE = re.compile(r"(task|target) (\S+) (.+)", re.DOTALL)
_OF_MANY = {"is": "are", "runs": "run"}


@dataclass(slots=True)
class Teller:
    """Tells happenings in order. What led to one is told only where it was not told before, as a happening itself."""

    told: set[str] = field(default_factory=set)

    def lines(self, events: Iterable[dict[str, Any]]) -> list[str]:
        """The lines of `events` as GET /_dockyard/events tells them."""
        known = list(events)
        self.told.update(one["what"] for one in known)
        return [line for one in _together(known) for line in self._lines(one)]

    def _lines(self, event: dict[str, Any]) -> list[str]:
        told = _folded(f"{time_of_day(event['at'])}  {event['what']}")
        because = event["because"]
        if because and because not in self.told:
            told += _folded(f"{_MARGIN}← {because}")
            self.told.add(because)
        return told


def _together(events: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same thing that happens to several tasks or targets at one moment becomes one happening."""
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for event in events:
        several = _OF_ONE.fullmatch(event["what"])
        if several is None:
            found[str(event["number"]),] = event
            continue
        kind, name, rest = several.groups()
        key = (event["at"], kind, rest)
        before = found.get(key)
        names = [*before["names"], name] if before else [name]
        found[key] = {**(before or event), "kind": kind, "names": names, "rest": rest}
    return [_named(one) if "names" in one else one for one in found.values()]


def _named(event: dict[str, Any]) -> dict[str, Any]:
    names, rest = event["names"], str(event["rest"])
    if len(names) > 1:
        first, _, more = rest.partition(" ")
        rest = f"{_OF_MANY.get(first, first)} {more}".rstrip()
        return {**event, "what": f"{event['kind']}s {', '.join(names)} {rest}"}
    return event


def _folded(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, subsequent_indent=f"{_MARGIN}  ", break_long_words=False, break_on_hyphens=False)
