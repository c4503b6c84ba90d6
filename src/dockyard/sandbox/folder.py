"""The data folder: made where it is missing, and held by one process at a time.

Knows nothing about what lies in it.
"""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path

from dockyard.errors import SandboxError

LOCK_FILE = "lock"
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


class Held:
    """A data folder that this process holds until it ends or lets go; the kernel lets go for one that is killed."""

    def __init__(self, folder: Path) -> None:
        """Hold the folder. Raises SandboxError where another process does, or where it cannot be used."""
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._descriptor = os.open(folder / LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise unusable(folder, error) from error
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._descriptor)
            raise SandboxError(
                f"Another sandbox uses the data folder {folder}.",
                next_step="Stop that one, or name another folder with --data.",
            ) from error

    def let_go(self) -> None:
        """Another process may hold the folder from now on."""
        os.close(self._descriptor)


def unusable(folder: Path, error: OSError) -> SandboxError:
    """A folder that cannot be made, read or written."""
    return SandboxError(
        f"The data folder {folder} cannot be used: {error.strerror}.",
        next_step=f"{cure(error)}, or name another with --data.",
    )


def cure(error: OSError) -> str:
    """What makes a folder usable again."""
    return "Make room on its disk" if error.errno in _NO_ROOM else "Give this user access to it"
