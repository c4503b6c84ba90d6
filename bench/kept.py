"""The data folder that a sandbox leaves after the worked example.

Knows nothing about what is measured on it.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from example import Example
from servers import DOCKYARD, serving


@contextmanager
def after_example() -> Iterator[Path]:
    """A copy of the data folder, saved by SIGTERM, for as long as the block runs."""
    with tempfile.TemporaryDirectory(prefix="bench-") as place:
        with serving(DOCKYARD) as server:
            Example(server).run()
            server.stop()
            copied(server.home / "data", Path(place) / "data")
        yield Path(place) / "data"


def copied(folder: Path, to: Path, *without: str) -> Path:
    """A copy of a data folder without its socket, its blobs and what else is named."""
    shutil.copytree(folder, to, ignore=shutil.ignore_patterns("blobs", "*.sock", *without))
    return to
