"""What a terminal shows while a verb works: one line, written over; in a pipe nothing.

Knows nothing about single verbs.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dockyard.display.progress import Answer, Line

__all__ = ["last_line", "waited_for"]


def last_line() -> Line:
    """Where what takes long is told: a terminal's last line; nowhere in a pipe."""
    from dockyard.display.progress import Nowhere, OnTerminal

    return OnTerminal(sys.stderr) if sys.stderr.isatty() else Nowhere()


def waited_for(work: Callable[[], Answer], what: str | Callable[[], str]) -> Answer:
    """Do the work; after a second the line says what is going on."""
    from dockyard.display.progress import while_it_takes

    return while_it_takes(work, what, last_line())
