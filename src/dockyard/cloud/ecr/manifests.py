"""Manifests read: what an image or an index needs and how large it is.

Knows nothing about repositories. https://github.com/opencontainers/image-spec/blob/v1.1.0/manifest.md
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from dockyard.cloud.ecr import names
from dockyard.cloud.ecr.refusals import invalid
from dockyard.errors import AwsError

OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_LIST = "application/vnd.docker.distribution.manifest.list.v2+json"
IMAGES = (OCI_MANIFEST, DOCKER_MANIFEST)
INDEXES = (OCI_INDEX, DOCKER_LIST)

#: a layer's annotation: the bytes it stands for, where our engine recorded an installation instead of running it
NOMINAL_SIZE = "dev.dockyard.nominal-size"


@dataclass(slots=True, frozen=True)
class Manifest:
    """A manifest's content. `needs` are digests: configuration and layers of an image, the members of an index."""

    digest: str
    media_type: str
    needs: tuple[str, ...]
    size_bytes: int
    nominal_bytes: int
    is_index: bool
    artifact_type: str
    subject: str


def read(text: str, media_type: str = "") -> Manifest:
    """Read a manifest; its own mediaType must agree with the announced. Raises AwsError InvalidParameterException."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise invalid("ImageManifest", "Invalid JSON syntax") from None
    if not isinstance(content, dict) or content.get("schemaVersion") != 2:
        raise invalid("ImageManifest", "must be a manifest of schema version 2")
    kind = _media_type(content, media_type)
    try:
        return _read_index(text, kind, content) if kind in INDEXES else _read_image(text, kind, content)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise invalid("ImageManifest", f"must have what {kind} asks for") from None


def digest_of(text: str) -> str:
    """The digest of a manifest: `sha256:` and 64 hexadecimal digits."""
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _media_type(content: dict[str, Any], announced: str) -> str:
    said = content.get("mediaType") or announced or _by_shape(content)
    if announced and said != announced:
        raise invalid("ImageManifest", f"mediaType must be {announced} as announced, but it is {said}")
    if said not in IMAGES + INDEXES:
        wanted = "ECR takes OCI images and indexes, and Docker's of schema 2."
        raise AwsError("InvalidParameterException", f"The manifest's media type {said!r} is not supported. {wanted}")
    return str(said)


def _by_shape(content: dict[str, Any]) -> str:
    return OCI_INDEX if "manifests" in content else OCI_MANIFEST


def _read_image(text: str, kind: str, content: dict[str, Any]) -> Manifest:
    layers = [one for one in content["layers"] if not one.get("urls")]
    sizes = [_size(one) for one in layers]
    nominal = [_nominal(one) or size for one, size in zip(layers, sizes, strict=True)]
    configuration = content["config"]
    return Manifest(
        digest=digest_of(text),
        media_type=kind,
        needs=tuple(dict.fromkeys(_digest(one) for one in [configuration, *layers])),
        size_bytes=sum(sizes),
        nominal_bytes=sum(nominal),
        is_index=False,
        artifact_type=str(content.get("artifactType") or configuration.get("mediaType", "")),
        subject=_subject(content),
    )


def _read_index(text: str, kind: str, content: dict[str, Any]) -> Manifest:
    members = tuple(dict.fromkeys(_digest(one) for one in content["manifests"]))
    artifact = str(content.get("artifactType", ""))
    return Manifest(digest_of(text), kind, members, 0, 0, True, artifact, _subject(content))


def _digest(descriptor: dict[str, Any]) -> str:
    digest = descriptor["digest"]
    if not names.is_digest(digest):
        raise ValueError(f"{digest!r} is not a digest")
    return str(digest)


def _size(descriptor: dict[str, Any]) -> int:
    size = descriptor["size"]
    if not isinstance(size, int) or isinstance(size, bool) or size < 0:
        raise ValueError(f"{size!r} is not a size")
    return size


def _nominal(descriptor: dict[str, Any]) -> int:
    text = str((descriptor.get("annotations") or {}).get(NOMINAL_SIZE, ""))
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _subject(content: dict[str, Any]) -> str:
    return _digest(content["subject"]) if content.get("subject") else ""
