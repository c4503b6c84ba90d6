"""The images that tasks run: in the account's ECR by URI and digest, their bytes in the blob store.

Knows nothing about containers or facts.
"""

from __future__ import annotations

from collections.abc import Iterable

from dockyard.cloud.ecr import names
from dockyard.cloud.ecr.service import Ecr
from dockyard.containers.images import Image, Images
from dockyard.errors import DockyardError, EngineError
from dockyard.sandbox.host import Host
from dockyard.sandbox.learner import Learner


class TaskImages(Images):
    """`image` answers for what `find` found before."""

    def __init__(self, host: Host, learner: Learner) -> None:
        super().__init__(host.blobs, learner.images)
        self._host = host
        self._learner = learner
        self._found: dict[str, Image | None] = {}

    def find(self, region: str, pinned: str) -> Image | None:
        """The image of a URI with its digest, where it can run here: its bytes are at hand, and it has a Python."""
        if pinned not in self._found or self._found[pinned] is None:
            self._found[pinned] = self._read(region, pinned)
        return self._found[pinned]

    def all_run(self, region: str, pinned: Iterable[str]) -> bool:
        """Whether each of these can run on this machine's processor."""
        found = [self.find(region, one) if one else None for one in pinned]
        return all(one is not None and one.configuration.get("architecture") == "amd64" for one in found)

    def image(self, reference: str) -> Image:
        """The image of a URI that was found before; EngineError 404 for any other."""
        found = self._found.get(reference)
        if found is None:
            raise EngineError(f"No such image: {reference}", status=404)
        return found

    def _read(self, region: str, pinned: str) -> Image | None:
        reference = names.read_reference(pinned)
        if reference is None:
            return None
        with self._host.lock:
            ecr = self._learner.world.cloud.service(Ecr, reference.region or region)
            pushed = ecr.manifest(reference.repository, reference.what)
        try:
            image = Image.from_manifest(self.blobs, pushed.manifest.encode()) if pushed else None
            return image if image and image.python_version() else None
        except (DockyardError, OSError, ValueError, LookupError, TypeError):
            return None  # a placeholder, or bytes that another registry keeps
