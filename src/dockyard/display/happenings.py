"""Happenings as lines of text: the simulated time, what happened, and because of what.

Knows nothing about where they come from or where the lines go.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from dockyard.display.moments import time_of_day

__all__ = ["Teller"]

_WIDTH = 110
_MARGIN = " " * 10


@dataclass(slots=True)
class Teller:
    """Tells happenings in order. What led to one is told only where it was not told before, as a happening itself."""

    told: set[str] = field(default_factory=set)

    def lines(self, events: Iterable[dict[str, Any]]) -> list[str]:
        """The lines of `events` as GET /_dockyard/events tells them."""
        return [line for one in events for line in self._lines(one)]

    def _lines(self, event: dict[str, Any]) -> list[str]:
        told = _folded(f"{time_of_day(event['at'])}  {event['what']}")
        because = event["because"]
        if because and because not in self.told:
            told += [f"{_MARGIN}{line}" for line in _folded(f"← {because}")]
            self.told.add(because)
        self.told.add(event["what"])
        return told


def _folded(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, subsequent_indent=_MARGIN, break_long_words=False, break_on_hyphens=False)
