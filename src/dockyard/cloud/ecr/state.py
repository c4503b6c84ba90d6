"""ECR's records: repositories and the images, layers, scans and policies in them.

Knows nothing about operations. Manifests (a few KB) are kept here; of layers only names and sizes,
their bytes lie on disk.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Mutability = Literal["MUTABLE", "IMMUTABLE", "IMMUTABLE_WITH_EXCLUSION", "MUTABLE_WITH_EXCLUSION"]


@dataclass(slots=True, frozen=True)
class Configuration:
    """What an image's configuration says of its containers.

    `entrypoint` and `command` are the first words of its ENTRYPOINT and CMD ("" for none); `starts_after`: simulated
    seconds from the start of its process until it listens (nominal: what loading a large model would take).
    """

    entrypoint: str = ""
    command: str = ""
    starts_after: float = 0.0


@dataclass(slots=True, frozen=True)
class Image:
    """A pushed manifest. Sizes in bytes: of the compressed layers, and of what the layers stand for (`nominal_bytes`).

    `architecture` is the configuration's own word ("" for an index or an artifact); `needs` are the digests the
    manifest names: configuration and layers of an image, the members of an index.
    """

    digest: str
    manifest: str
    media_type: str
    pushed_at: float
    size_bytes: int
    nominal_bytes: int
    architecture: str = ""
    needs: tuple[str, ...] = ()
    is_index: bool = False
    artifact_type: str = ""
    subject: str = ""
    configuration: Configuration = Configuration()


@dataclass(slots=True)
class Scan:
    """A scan of one image: in progress until `completed_at` (seconds since 1970; 0 until then)."""

    started_at: float
    completed_at: float = 0.0


@dataclass(slots=True)
class Lifecycle:
    """A lifecycle policy as it was put; `number` tells it from the policies before it."""

    text: str
    number: int
    evaluated_at: float = 0.0


@dataclass(slots=True)
class Preview:
    """What a lifecycle policy would do: (digest, the priority of the rule that claims it)."""

    text: str
    ready_at: float
    results: tuple[tuple[str, int], ...] = ()


@dataclass(slots=True)
class Repository:
    """A repository. `tagged`: the digest a tag means; `layers`: the size of every blob pushed or mounted here."""

    name: str
    created_at: float
    mutability: Mutability = "MUTABLE"
    #: tags that the mutability does not cover, with * as wildcard
    exclusions: tuple[str, ...] = ()
    scan_on_push: bool = False
    encryption: dict[str, str] = field(default_factory=lambda: {"encryptionType": "AES256"})
    tags: dict[str, str] = field(default_factory=dict)
    policy: str = ""
    lifecycle: Lifecycle | None = None
    preview: Preview | None = None
    layers: dict[str, int] = field(default_factory=dict)
    images: dict[str, Image] = field(default_factory=dict)
    tagged: dict[str, str] = field(default_factory=dict)
    scans: dict[str, Scan] = field(default_factory=dict)

    def tags_of(self, digest: str) -> list[str]:
        """The tags that mean this image, in the order in which they were first used."""
        return [tag for tag, tagged in self.tagged.items() if tagged == digest]

    def image(self, reference: str) -> Image | None:
        """The image that a tag or a digest means."""
        return self.images.get(self.tagged.get(reference, reference))

    def forget(self, digest: str) -> None:
        """Drop an image, its tags and its scan."""
        for tag in self.tags_of(digest):
            del self.tagged[tag]
        self.images.pop(digest, None)
        self.scans.pop(digest, None)


@dataclass(slots=True)
class EcrState:
    """Everything ECR knows in one region, repositories by name."""

    repositories: dict[str, Repository] = field(default_factory=dict)
    policies_put: int = 0


@dataclass(slots=True, frozen=True)
class ImageFound:
    """What an image name means: `platforms` lists the architectures to choose from (one, but for an index).

    Of an index, `configuration` and `blob` are those of the member for `architecture`. A blob is what a manifest
    names; this one is fetched first.
    """

    repository_arn: str
    digest: str
    size_bytes: int
    nominal_bytes: int
    architecture: Literal["amd64", "arm64"]
    platforms: tuple[str, ...] = ()
    is_index: bool = False
    configuration: Configuration = Configuration()
    blob: str = ""
