"""Named volumes: folders that outlive containers.

Knows nothing about who mounts them.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dockyard.errors import EngineError
from dockyard.runtime.files import remove_tree

__all__ = ["Volume", "Volumes"]

_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+")


@dataclass(frozen=True, slots=True)
class Volume:
    """A volume: its name, its folder on this machine, when it was made (seconds since 1970)."""

    name: str
    folder: Path
    created_at: float
    labels: Mapping[str, str] = field(default_factory=dict)


class Volumes:
    """The volumes of one sandbox."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def create(self, name: str, labels: Mapping[str, str] | None = None) -> Volume:
        """The volume of this name, made where there is none; EngineError 400 where the name cannot be one."""
        if not _NAME.fullmatch(name):
            raise EngineError(
                f"{name!r} includes invalid characters for a local volume name, "
                'only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed.',
                next_step="If you intended to pass a host directory, use absolute path.",
            )
        place = self._folder / name
        if not (place / "volume.json").is_file():
            (place / "_data").mkdir(parents=True, exist_ok=True)
            (place / "volume.json").write_text(json.dumps({"created": time.time(), "labels": dict(labels or {})}))
        return self._read(place)

    def find(self, name: str) -> Volume:
        """The volume of this name; EngineError 404 in Docker's words."""
        place = self._folder / name
        if not _NAME.fullmatch(name) or not (place / "volume.json").is_file():
            raise EngineError(f"get {name}: no such volume", status=404)
        return self._read(place)

    def all(self) -> list[Volume]:
        """Every volume, by name."""
        return [self._read(each.parent) for each in sorted(self._folder.glob("*/volume.json"))]

    def remove(self, name: str) -> None:
        """Delete a volume and all in it; EngineError 404 where there is none."""
        remove_tree(self.find(name).folder.parent)

    def _read(self, place: Path) -> Volume:
        said = json.loads((place / "volume.json").read_text())
        return Volume(place.name, place / "_data", said["created"], said["labels"])
