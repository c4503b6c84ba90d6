"""A disk without room: what is written there says where that was, and a full disk is told to the engine's client.

Knows nothing about what is written.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dockyard.errors import EngineError

__all__ = ["full_disk", "writing"]

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def writing(place: Path) -> Iterator[None]:
    """An OSError in the block names the place, where it names none: the kernel tells it for `open`, not for `write`."""
    try:
        yield
    except OSError as error:
        error.filename = error.filename or str(place)
        raise


def full_disk(error: BaseException) -> EngineError | None:
    """The refusal of what a full disk has stopped; None for every other error."""
    if not isinstance(error, OSError) or error.errno not in _NO_ROOM:
        return None
    return EngineError(
        f"write {error.filename or 'to the disk'}: {(error.strerror or '').lower()}.",
        status=507,
        next_step="Make room on that disk and do it again.",
    )
