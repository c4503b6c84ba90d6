"""A folder of facts: what was observed of an image once need not be observed again, by any sandbox of this user.

Knows nothing about how they are observed. A file is a cache: what cannot be read is not there.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from pathlib import Path

from dockyard.cloud.ecs.facts import Asked, ImageFacts


class KnownFacts:
    """Facts by image and settings. `edition` names all else they depend on: the runtime's code, its Python."""

    def __init__(self, folder: Path, edition: str) -> None:
        self._folder = folder
        self._edition = edition

    def find(self, asked: Asked) -> ImageFacts | None:
        """What is known, where it answers all that is asked."""
        try:
            facts = ImageFacts.read(json.loads(self._path(asked).read_text()))
        except (OSError, ValueError, TypeError, LookupError):
            return None
        return facts if facts.answers_all(asked) and not asked.container.get("secrets") else None

    def keep(self, asked: Asked, facts: ImageFacts) -> None:
        """Keep facts, unless a secret's value decided them; where that cannot be, they are observed again."""
        if asked.container.get("secrets"):
            return
        path = self._path(asked)
        unfinished = path.with_suffix(f".{os.getpid()}")
        with contextlib.suppress(OSError):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            unfinished.write_text(json.dumps(facts.as_json()))
            unfinished.replace(path)

    def _path(self, asked: Asked) -> Path:
        name = hashlib.sha256(f"{self._edition} {asked.key}".encode()).hexdigest()
        return self._folder / f"{name}.json"
