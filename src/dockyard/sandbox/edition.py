"""Which edition of Dockyard writes and reads a snapshot: versions, and a digest of the code whose records are in it.

Knows nothing about snapshots. Versions alone do not tell: in a checkout the code changes with every pull.
"""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent
#: The folders whose classes are in a snapshot.
_RECORDS = ("cloud", "sandbox/moto")


def edition(package: Path = _PACKAGE) -> tuple[str, str, str]:
    """The versions of dockyard and moto, and the digest: pickles of one edition can be read by the same one only."""
    digest = hashlib.sha256()
    for folder in _RECORDS:
        for file in sorted((package / folder).rglob("*.py")):
            digest.update(file.read_bytes())
    return version("dockyard"), version("moto"), digest.hexdigest()
