"""A request's body kept in a temporary file, as a stream, so that memory stays constant.

Knows nothing about what is in it.
"""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from dockyard.containers.disk import writing

__all__ = ["received"]


async def received(body: AsyncIterator[bytes], what: str) -> Path:
    """The body in a file that the caller removes; a tar's last block is filled where the client left it short."""
    file = tempfile.NamedTemporaryFile(prefix=f"dockyard-{what}-", delete=False)  # noqa: SIM115 -- closed below
    path = Path(file.name)
    try:
        with writing(path), file:
            async for chunk in body:
                file.write(chunk)
            file.write(b"\0" * (-file.tell() % 512))  # `docker build -f OUTSIDE` leaves the last block short
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path
