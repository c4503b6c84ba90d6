"""In a grading kernel `time.sleep` moves the stepped clock and returns at once.

Knows nothing but the control API: a kernel loads this before a learner's first cell.
"""

from __future__ import annotations

import threading
import time

from dockyard.client import Client
from dockyard.errors import DockyardError

__all__ = ["install"]


def install() -> None:
    """Put simulated sleep in the place of `time.sleep`, for the main thread; others, the kernel's own too, sleep."""
    really = time.sleep
    main = threading.main_thread()

    def sleep(seconds: float, /) -> None:
        """Let simulated seconds pass; real ones where no sandbox answers."""
        if threading.current_thread() is not main or not seconds > 0:
            really(seconds)
            return
        try:
            Client.from_environment().advance(float(seconds))
        except DockyardError:
            really(seconds)

    time.sleep = sleep  # type: ignore[assignment]
