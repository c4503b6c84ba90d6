"""Signals by the names that clients give them.

Knows nothing about processes.
"""

from __future__ import annotations

import signal
from contextlib import suppress

from dockyard.runtime.refusals import unknown_signal

__all__ = ["number_of"]


def number_of(name: str) -> int:
    """A signal's number: 15, TERM or SIGTERM."""
    with suppress(ValueError):
        return int(signal.Signals(int(name)))
    try:
        return int(signal.Signals[name if name.startswith("SIG") else f"SIG{name}"])
    except KeyError as error:
        raise unknown_signal(name) from error
