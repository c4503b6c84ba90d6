"""ECR as one service, and what its neighbours ask of it: ECS what an image's name means, the registry what is here.

Knows nothing about tokens and blobs: GetAuthorizationToken is answered by the registry, whose tokens live by the wall
clock.
"""

from __future__ import annotations

from typing import Literal

from dockyard.cloud.ecr import names
from dockyard.cloud.ecr.layers import Layers
from dockyard.cloud.ecr.lifecycle import Lifecycles
from dockyard.cloud.ecr.repositories import Repositories
from dockyard.cloud.ecr.scans import Scans
from dockyard.cloud.ecr.state import Image, ImageFound, Repository

__all__ = ["Ecr", "ImageFound"]


class Ecr(Repositories, Layers, Scans, Lifecycles):
    """Elastic Container Registry in one region."""

    def resolve(self, image: str) -> ImageFound | None:
        """The image that a URI means, None when it is not in this account's registry.

        `ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME:TAG` may name another region, `HOST:PORT/ACCOUNT/NAME:TAG` means
        this one.
        """
        reference = names.read_reference(image)
        if reference is None or reference.account != self.account.id:
            return None
        if reference.region not in ("", self.region):
            return self.simulation.service(type(self), reference.region)._found(reference)
        return self._found(reference)

    def manifest(self, name: str, reference: str) -> Image | None:
        """The image that a tag or digest means in a repository; None when either is not here."""
        repository = self.repository(name)
        return repository.image(reference) if repository else None

    def tags(self, name: str) -> list[str]:
        """The tags of a repository in lexical order."""
        repository = self.repository(name)
        return sorted(repository.tagged) if repository else []

    def referrers(self, name: str, digest: str) -> list[Image]:
        """The images whose manifest names this digest as its subject (signatures, bills of materials)."""
        repository = self.repository(name)
        return [one for one in repository.images.values() if one.subject == digest] if repository else []

    def _found(self, reference: names.Reference) -> ImageFound | None:
        repository = self.repository(reference.repository)
        image = repository.image(reference.what) if repository else None
        if repository is None or image is None:
            return None
        members: dict[str, Image] = {}
        for one in _members(repository, image):
            members.setdefault(one.architecture, one)
        platforms = tuple(one for one in members if one in ("amd64", "arm64"))
        architecture = _architecture(platforms)
        chosen = members.get(architecture, image)
        return ImageFound(
            self.repository_arn(repository),
            image.digest,
            image.size_bytes,
            image.nominal_bytes,
            architecture,
            platforms,
            image.is_index,
            chosen.configuration,
            next(iter(chosen.needs), ""),
        )


def _members(repository: Repository, image: Image) -> list[Image]:
    """The images of an index, or the image itself."""
    return [repository.images[one] for one in image.needs if one in repository.images] if image.is_index else [image]


def _architecture(platforms: tuple[str, ...]) -> Literal["amd64", "arm64"]:
    """amd64 where an index offers it, as it is what Fargate runs unless told."""
    return "arm64" if platforms and "amd64" not in platforms else "amd64"
