"""One stage of a build: the image so far, the variables in force, and how a step's change becomes the next image.

Knows nothing about single instructions: each hands in a Change.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from dockyard.containers.dockerfile import Instruction
from dockyard.containers.draft import Draft
from dockyard.containers.filesystem import FileEntry
from dockyard.containers.images import Image, Images
from dockyard.containers.layers import Entry, content_digest, write_layer
from dockyard.containers.oci import Layer
from dockyard.containers.python_sites import found_in
from dockyard.containers.substitution import SubstitutionError, expand
from dockyard.errors import EngineError

if TYPE_CHECKING:
    from dockyard.packages.distributions import Distributions

__all__ = ["Change", "Stage", "failure"]


def failure(line: int, message: str, rule: str = "") -> EngineError:
    """A step that failed: what happened, the line, the rule."""
    return EngineError(message, next_step=f"(Dockerfile line {line}) {rule}".rstrip())


@dataclass(frozen=True, slots=True)
class Change:
    """What one instruction does: a line of history, settings replaced, files of a new layer (none: no layer), a log."""

    created_by: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    entries: Sequence[Entry] = ()
    nominal_size: int = 0
    packages: tuple[str, ...] = ()  # what pip was asked for
    unchecked: tuple[str, ...] = ()  # what of it could not be resolved here
    system: tuple[str, ...] = ()  # what apt-get was asked for
    log: tuple[str, ...] = ()


class Stage:
    """A stage that is being built, from one FROM to the next."""

    def __init__(self, images: Images, draft: Draft, name: str, use_cache: bool) -> None:
        self.draft = draft
        self.name = name
        self.arguments: dict[str, str] = {}
        self.command_given = False
        self._images = images
        self._use_cache = use_cache

    @property
    def values(self) -> dict[str, str]:
        """The variables in force: ENV wins over ARG."""
        return {**self.arguments, **self.draft.environment}

    def expand(self, text: str, instruction: Instruction) -> str:
        """Replace variables in one word of an instruction."""
        try:
            return expand(text, self.values)
        except SubstitutionError as error:
            message = f"failed to process {text!r}: {error}."
            raise failure(instruction.line, message, "Close every quote and every ${ on its line.") from error

    def image(self) -> Image:
        """The image as it stands, to read; nothing is written."""
        return self.draft.preview(self._images.blobs)

    def files(self) -> dict[str, FileEntry]:
        """The files of the image as it stands."""
        return self.image().files()

    def apply(self, change: Change) -> bool:
        """Go on to the next image; True where a step made before could be used."""
        found = found_in(change.entries)
        asked = (*change.packages, *found.asked)
        sites = found.laid_over(self.draft.sites)
        before = self.draft.changed(change.settings, asked, change.unchecked, change.system, sites)
        key = self._key(change)
        known, described = self._images.table.step(key) if self._use_cache else (False, None)
        layer = Layer(**described) if described else None
        cached = known and (layer is None or self._images.blobs.has(layer.digest))
        if not cached:
            layer = write_layer(self._images.blobs, change.entries, change.nominal_size) if change.entries else None
            self._images.table.remember_step(key, asdict(layer) if layer else None)
        self.draft = before.recorded(change.created_by, layer)
        return cached

    @property
    def distributions(self) -> Distributions | None:
        """The Python distributions of this machine; None where packages are only recorded."""
        return self._images.distributions

    def recall(self, question: str) -> dict[str, Any] | None:
        """What was found out for a step that was built before; None where it was not, or no cache is to be used."""
        return self._images.table.step(question)[1] if self._use_cache else None

    def remember(self, question: str, found: dict[str, Any]) -> None:
        """Keep what was found out for a step; it is written with the table."""
        self._images.table.remember_step(question, found)

    def _key(self, change: Change) -> str:
        facts = (self.draft.id, change.created_by, sorted(change.settings.items()), change.nominal_size)
        return hashlib.sha256(repr((*facts, content_digest(change.entries))).encode()).hexdigest()
