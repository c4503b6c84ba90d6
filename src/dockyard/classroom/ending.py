"""How a process is ended with all that it started.

Knows nothing about what the process is.
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress

import psutil

__all__ = ["end"]


def end(process: int) -> None:
    """End a process, its group, and all that descends from it with their groups, by their ids."""
    with suppress(psutil.NoSuchProcess):
        first = psutil.Process(process)
        family = [first, *first.children(recursive=True)]
        for one in family:
            with suppress(psutil.NoSuchProcess, ProcessLookupError, PermissionError):
                group = os.getpgid(one.pid)
                # Only a group that a member of the family leads: never that of whoever started us.
                if any(group == member.pid for member in family):
                    os.killpg(group, signal.SIGKILL)
                one.kill()
        psutil.wait_procs(family, timeout=5)
