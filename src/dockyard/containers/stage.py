"""One stage of a build: the image so far, the variables in force, and how a step's change becomes the next image.

Knows nothing about single instructions: each hands in a Change.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from dockyard.containers.dockerfile import Instruction
from dockyard.containers.draft import Draft
from dockyard.containers.filesystem import FileEntry, merge
from dockyard.containers.images import Image, Images
from dockyard.containers.layers import Entry, content_digest, write_layer
from dockyard.containers.oci import Layer
from dockyard.containers.python_sites import found_in
from dockyard.containers.substitution import SubstitutionError, expand
from dockyard.errors import EngineError
from dockyard.packages.answered import Answered

if TYPE_CHECKING:
    from dockyard.packages.distributions import Distributions

__all__ = ["Change", "Stage", "failure"]

_DIGEST = re.compile(r":[0-9a-f]{64}")


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
    answered: tuple[Answered, ...] = ()  # the questions to pip, and what they resolved to
    left_out: tuple[str, ...] = ()  # what of a RUN was not carried out
    log: tuple[str, ...] = ()
    content: str = ""  # `content_digest` of the entries, where it is known already


class Stage:
    """A stage that is being built, from one FROM to the next."""

    def __init__(self, images: Images, draft: Draft, name: str, use_cache: bool, before: Stage | None = None) -> None:
        self.draft = draft
        self.name = name
        self.arguments: dict[str, str] = {}
        self.command_given = False
        self._images = images
        self._files = before.files() if before else None
        self._use_cache = use_cache
        #: the steps that copied Python files or asked pip, each with its line and those files
        self.steps: list[dict[str, Any]] = []
        self.left_out: list[str] = []

    @property
    def values(self) -> dict[str, str]:
        """The variables in force: ENV wins over ARG."""
        return {**self.arguments, **self.draft.environment}

    def expand(self, text: str, instruction: Instruction) -> str:
        """Replace variables in one word of an instruction."""
        try:
            return expand(text, self.values, instruction.escape)
        except SubstitutionError as error:
            message = f"failed to process {json.dumps(text, ensure_ascii=False)}: {error}."
            raise failure(instruction.line, message, "Close every quote and every ${ on its line.") from error

    def image(self) -> Image:
        """The image as it stands, to read; nothing is written."""
        return replace(self.draft.preview(self._images.blobs), known=self.files())

    def files(self) -> Mapping[str, FileEntry]:
        """The files of the image as it stands; only those of its base are read from layers."""
        if self._files is None:
            self._files = self.draft.preview(self._images.blobs).files()
        return self._files

    def _complete(self, entries: Sequence[Entry]) -> list[Entry]:
        """With the folders above each as they are: an engine that misses one in a layer makes it anew, as root's."""
        if not entries:
            return []
        present, paths, above = self.files(), {entry.path for entry in entries}, set[str]()
        for path in paths:
            while (path := posixpath.dirname(path)) and path not in above:
                above.add(path)
        known = {path: present.get("/" + path) for path in above - paths}
        kept = [Entry(path, "directory", at.mode, at.uid, at.gid) for path, at in known.items() if at is not None]
        return [*entries, *kept]

    def apply(self, change: Change) -> bool:
        """Go on to the next image; True where a step made before could be used."""
        found = found_in(change.entries)
        asked = (*change.packages, *found.asked)
        sites = found.laid_over(self.draft.sites)
        before = self.draft.changed(change.settings, asked, change.unchecked, change.system, sites, change.answered)
        key = self._key(change)
        known, described = self._images.table.step(key) if self._use_cache else (False, None)
        layer = Layer(**described) if described else None
        cached = known and (layer is None or self._images.blobs.has(layer.digest))
        if not cached:
            entries = self._complete(change.entries)
            layer = write_layer(self._images.blobs, entries, change.nominal_size) if entries else None
            self._images.table.remember_step(key, asdict(layer) if layer else None)
        self._lay(change.entries)
        self._note(change)
        self.left_out += change.left_out
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

    def _note(self, change: Change) -> None:
        """Keep a step that copies programs or asks pip, without a digest: an image that is the same stays the same."""
        copied = change.entries if "#(nop)" in change.created_by else ()
        programs = sorted(f"/{each.path}" for each in copied if each.path.endswith(".py"))
        if programs or change.answered or change.packages:
            self.steps.append({"created_by": _DIGEST.sub(":…", change.created_by), "programs": programs})

    def _lay(self, entries: Sequence[Entry]) -> None:
        """Lay a step's entries over the files."""
        if not entries:
            return
        index = len(self.draft.layers)
        layer = {
            f"/{each.path}": FileEntry(
                each.size, each.mode, each.uid, index, each.gid, each.kind, each.target, each.path
            )
            for each in entries
        }
        self._files = merge((self.files(), layer))

    def _key(self, change: Change) -> str:
        facts = (self.draft.id, change.created_by, sorted(change.settings.items()), change.nominal_size)
        content = change.content or content_digest(change.entries)
        return hashlib.sha256(repr((*facts, content)).encode()).hexdigest()
