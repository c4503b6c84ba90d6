"""The tags and images of one account, what was built last, and which steps it may reuse, in one small JSON file.

Knows nothing about what is inside an image: it keeps ids and digests. Blobs are shared by digest; this table is not.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from dockyard.containers.disk import writing
from dockyard.containers.last_build import LastBuild
from dockyard.containers.references import Reference
from dockyard.errors import EngineError, SandboxError

__all__ = ["ImageRecord", "ImageTable", "no_images"]

TABLE_FILE = "images.json"
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class ImageRecord:
    """One image of the account: its id (config digest), its manifest's digest, when it came, where it was pushed to."""

    id: str
    manifest: str
    added: float  # seconds since 1970, by the clock handed in
    pushed_to: tuple[str, ...] = ()


def no_images() -> dict[str, Any]:
    """What an engine holds at first, as `ImageTable.kept` says it."""
    return {"tags": {}, "images": {}}


class ImageTable:
    """Tags → image id → manifest digest. Written to the folder at every change: a new process finds all of it."""

    def __init__(self, folder: Path, now: Callable[[], float] = lambda: 0.0) -> None:
        self._folder = folder
        self.now = now
        self._lock = threading.RLock()
        self.tags: dict[str, str] = {}
        self.images: dict[str, ImageRecord] = {}
        self._steps: dict[str, dict[str, Any] | None] = {}
        self._builds: dict[str, dict[str, Any]] = {}
        #: the words in which the last `docker load` was refused; "" where it was not
        self.refused_load = ""
        #: how often the account had gone back when these became its tags
        self.returns = 0
        if self._file.exists():
            self._read()

    @property
    def _file(self) -> Path:
        return self._folder / TABLE_FILE

    def _read(self) -> None:
        try:
            content = json.loads(self._file.read_text())
            self._load(content)
            self._steps = dict(content["steps"])
            self._builds = dict(content.get("builds", {}))
            self.refused_load = str(content.get("refused_load", ""))
            self.returns = int(content.get("returns", 0))
        except (OSError, ValueError, TypeError, LookupError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not as Dockyard wrote it"
            raise SandboxError(
                f"The engine's table of images, {self._file}, cannot be read: {why}.",
                next_step="Move it away and build your images again, or restore it from a copy.",
            ) from error

    def _load(self, kept: dict[str, Any]) -> None:
        self.tags = dict(kept["tags"])
        self.images = {
            key: ImageRecord(key, each["manifest"], each["added"], tuple(each["pushed_to"]))
            for key, each in kept["images"].items()
        }

    def kept(self) -> dict[str, Any]:
        """Tags and images as JSON values, for an account's snapshot."""
        with self._lock:
            images = {key: asdict(record) for key, record in self.images.items()}
            return {"tags": dict(self.tags), "images": images}

    def become(self, returns: int, kept: dict[str, Any]) -> None:
        """Have the tags and images that `kept` told, after so many returns; which steps were built stays known."""
        with self._lock:
            self._load(kept)
            self._builds, self.refused_load = {}, ""
            self.returns = returns
            self.save()

    def save(self) -> None:
        """Write the table in one atomic rename."""
        with self._lock:
            last = {"builds": self._builds, "refused_load": self.refused_load}
            content = {"format": _FORMAT, **self.kept(), **last, "steps": self._steps, "returns": self.returns}
            partial = self._file.with_name(self._file.name + ".partial")
            with writing(partial):
                partial.parent.mkdir(parents=True, exist_ok=True)
                partial.write_text(json.dumps(content, sort_keys=True))
            os.replace(partial, self._file)

    def find(self, reference: str) -> ImageRecord | None:
        """The image behind a name, a (short) id, `repository@digest` or a manifest digest; None where there is none."""
        with self._lock:
            return self._by_digest(reference) or self._by_name(reference) or self._by_short_id(reference)

    def _by_digest(self, text: str) -> ImageRecord | None:
        digest = text.rpartition("@")[2]
        if not digest.startswith("sha256:"):
            return None
        matching = (each for each in self.images.values() if each.manifest == digest)
        return self.images.get(digest) or next(matching, None) or self._by_short_id(digest.removeprefix("sha256:"))

    def _by_name(self, text: str) -> ImageRecord | None:
        try:
            name = str(Reference.parse(text))
        except EngineError:
            return None
        return self.images.get(self.tags.get(name, ""))

    def _by_short_id(self, text: str) -> ImageRecord | None:
        found = [each for each in self.images.values() if text and each.id.startswith(f"sha256:{text}")]
        return found[0] if len(found) == 1 else None

    def names(self, image_id: str) -> list[str]:
        """The tags of one image, sorted."""
        with self._lock:
            return sorted(name for name, held in self.tags.items() if held == image_id)

    def add(self, image_id: str, manifest: str) -> None:
        """Make an image the account's; known already, it stays as it is."""
        with self._lock:
            self.images.setdefault(image_id, ImageRecord(image_id, manifest, self.now()))
            self.save()

    def tag(self, image_id: str, reference: Reference) -> None:
        """Give an image a name; the name leaves the image that had it."""
        with self._lock:
            self.tags[str(reference)] = image_id
            self._builds.pop(str(reference), None)
            self.save()

    def untag(self, name: str) -> None:
        """Take a name away."""
        with self._lock:
            self.tags.pop(name, None)
            self.save()

    def remove(self, image_id: str) -> None:
        """Forget an image and all its names; its blobs stay, other accounts may need them."""
        with self._lock:
            self.tags = {name: held for name, held in self.tags.items() if held != image_id}
            self.images.pop(image_id, None)
            self.save()

    def pushed(self, image_id: str, repository: str) -> None:
        """Note that a repository holds this image now."""
        with self._lock:
            known = self.images[image_id]
            places = tuple(sorted({*known.pushed_to, repository}))
            self.images[image_id] = ImageRecord(known.id, known.manifest, known.added, places)
            self.save()

    def last_build(self, reference: str) -> LastBuild:
        """What the last build of a name came to; nothing is known where the name was given in another way since."""
        with self._lock:
            return LastBuild(**self._builds.get(str(Reference.parse(reference)), {}))

    def note_build(self, references: Iterable[Reference], built: LastBuild) -> None:
        """Keep what a build came to, for each of its names."""
        with self._lock:
            self._builds.update({str(reference): asdict(built) for reference in references})
            self.save()

    def note_load(self, refused: str) -> None:
        """Keep in which words the last `docker load` was refused."""
        with self._lock:
            self.refused_load = refused
            self.save()

    def step(self, key: str) -> tuple[bool, dict[str, Any] | None]:
        """Whether a build step was made before, and the layer it gave (None: it gave none)."""
        with self._lock:
            return key in self._steps, self._steps.get(key)

    def remember_step(self, key: str, layer: dict[str, Any] | None) -> None:
        """Keep what a build step gave; `save` writes it."""
        with self._lock:
            self._steps[key] = layer
