"""A folder of what was observed: what was seen once need not be seen again, by any sandbox of this user.

Knows nothing about what is observed. A file is a cache: what cannot be read is not there.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any

import dockyard.runtime

__all__ = ["Known"]

#: The modules beside this one that observe.
_OBSERVERS = ("asking", "exercises", "tried_container", "trial")


class Known:
    """JSON values by key, as they are in containers of this isolation."""

    def __init__(self, folder: Path, isolation: str) -> None:
        self._folder = folder
        self._isolation = isolation

    def find(self, key: str) -> Any:
        """What is known, None where nothing is."""
        try:
            return json.loads(self._path(key).read_text())
        except (OSError, ValueError):
            return None

    def keep(self, key: str, value: Any) -> None:
        """Keep a value; where that cannot be, it is observed again."""
        path = self._path(key)
        unfinished = path.with_suffix(f".{os.getpid()}")
        with contextlib.suppress(OSError):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            unfinished.write_text(json.dumps(value))
            unfinished.replace(path)

    def _path(self, key: str) -> Path:
        name = hashlib.sha256(f"{self._edition} {key}".encode()).hexdigest()
        return self._folder / f"{name}.json"

    @functools.cached_property
    def _edition(self) -> str:
        """What an observation depends on beside its key: the code that observes, the isolation and the Python."""
        digest = hashlib.sha256(f"{self._isolation} {sys.version_info[:3]}".encode())
        files = sorted(Path(dockyard.runtime.__path__[0]).rglob("*.py"))
        for file in (*files, *(Path(__file__).with_name(f"{name}.py") for name in _OBSERVERS)):
            digest.update(file.read_bytes())
        return digest.hexdigest()
