"""Whether a disk has room for an opening state: asked when one could not be made, and told in one sentence.

Knows nothing about why it could not be made. What a course's cell says of a full disk is what it lacked afterwards; a
build that found no room, for one, is an image that is not there.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from dockyard.errors import SandboxError

__all__ = ["OPENING_NEEDS", "no_room"]

#: What an opening state may write, in bytes: 6 MB lie there in the end, the files of its containers come and go.
OPENING_NEEDS = 16 << 20
_CHUNK = bytes(1 << 20)


def no_room(folders: Iterable[Path], what: str) -> SandboxError | None:
    """The refusal that names the first folder whose disk has no room for an opening state; None where each has."""
    for folder in folders:
        if not _has_room(folder):
            return SandboxError(
                f"The disk of {folder} is full: {what}.",
                next_step=f"Make room on it, {OPENING_NEEDS >> 20} MB at least, and open the lab again.",
            )
    return None


def _has_room(folder: Path) -> bool:
    """Tried by writing: what the system says is free may be kept from this user by a quota."""
    try:
        with tempfile.TemporaryFile(dir=folder, buffering=0) as tried:
            for _ in range(OPENING_NEEDS // len(_CHUNK)):
                tried.write(_CHUNK)
    except OSError:
        return False
    return True
