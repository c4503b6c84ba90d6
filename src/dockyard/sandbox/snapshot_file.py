"""The file that lets the next start skip most of the replay: the account after so many lines of its journal.

Knows nothing about what changes an account. The file is a cache of the journal; whatever is wrong with it, it is passed
over.
"""

from __future__ import annotations

import functools
import logging
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dockyard.sandbox.edition import edition
from dockyard.sandbox.marks import Kept
from dockyard.sandbox.recollections import Recollections, Refused
from dockyard.sandbox.worlds import World

SNAPSHOT_FILE = "snapshot.pickle"
_log = logging.getLogger(__name__)


@dataclass(slots=True, frozen=True)
class Saved:
    """An account after `lines` of its journal: its world, its snapshots, its returns (how many, to which images), and
    what else those lines told.
    """

    lines: int
    world: World
    snapshots: dict[str, Kept]
    returns: tuple[int, dict[str, Any] | None]
    recollections: Recollections


class SnapshotFile:
    """The one of a data folder; written whole or not at all, readable by its owner only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def _path(self) -> Path:
        return self._folder / SNAPSHOT_FILE

    @functools.cached_property
    def _edition(self) -> tuple[str, str, str]:
        """As it was when this process loaded its code, or nearly: a pull may change the files later."""
        return edition()

    def write(self, saved: Saved) -> None:
        """Keep an account; where that cannot be, the journal has it all."""
        kept = {name: _plain(one) for name, one in saved.snapshots.items()}
        told = (saved.recollections.refused, saved.recollections.made)
        content = pickle.dumps((self._edition, saved.lines, saved.world.frozen(), kept, saved.returns, told))
        unfinished = self._path.with_name(f"{SNAPSHOT_FILE}.new")
        try:
            unfinished.touch(mode=0o600)
            unfinished.write_bytes(content)
            unfinished.replace(self._path)
        except OSError as error:
            _log.warning("%s cannot be written (%s): the next start replays the journal.", unfinished, error.strerror)

    def read(self, lines: int) -> Saved | None:
        """The account kept, if this edition wrote it and a journal of so many lines can have led to it."""
        try:
            writer, after, world, kept, returns, told = pickle.loads(self._path.read_bytes())
            if writer != self._edition or after > lines:
                return None
            snapshots = {name: _kept(*one) for name, one in kept.items()}
            return Saved(after, World.thawed(world), snapshots, returns, Recollections(*told))
        except Exception:  # whatever is wrong with a cache, the journal has it all
            return None


def _plain(kept: Kept) -> tuple[Any, ...]:
    """What is kept as plain values: no class of the host is in the file. A world kept twice is written once."""
    return kept.world, kept.images, kept.refused, {name: _plain(one) for name, one in kept.marks.items()}


def _kept(world: bytes, images: dict[str, Any] | None, refused: Refused, marks: dict[str, tuple[Any, ...]]) -> Kept:
    return Kept(world, images, refused, {name: _kept(*one) for name, one in marks.items()})
