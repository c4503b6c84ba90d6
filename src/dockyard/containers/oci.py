"""The shapes of an OCI image: media types, layers, manifests and configurations as canonical JSON.

Knows nothing about where bytes are kept or how they were made. All that varies between two builds of the same context
is left out, so the same content gives the same digest in any process.
See the OCI image specification v1.1 (image-spec: manifest.md, config.md, annotations.md).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dockyard.errors import EngineError

__all__ = [
    "ANSWERED",
    "CONFIG",
    "CONTENT_SIZE",
    "EPOCH",
    "INDEX_TYPES",
    "INSTALLED",
    "LAYER",
    "LONGEST_START",
    "MANIFEST",
    "MANIFEST_TYPES",
    "NOMINAL_SIZE",
    "PACKAGES",
    "STAGES",
    "STARTS_AFTER",
    "SYSTEM",
    "UNCHECKED",
    "Layer",
    "Platform",
    "canonical",
    "manifest_of",
    "starts_after",
]

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
MANIFEST_TYPES = (MANIFEST, "application/vnd.docker.distribution.manifest.v2+json")
INDEX_TYPES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
NOMINAL_SIZE = "dev.dockyard.nominal-size"
CONTENT_SIZE = "dev.dockyard.content-size"
PACKAGES = "dev.dockyard.packages"  # what pip was asked for
INSTALLED = "dev.dockyard.installed"  # what that resolved to, by folder
ANSWERED = "dev.dockyard.answered"  # how: each question to pip, and what it resolved to
STAGES = "dev.dockyard.stages"  # the stages before the last: what of them copied programs or asked pip
UNCHECKED = "dev.dockyard.unchecked"  # what could not be resolved here
STARTS_AFTER = "dev.dockyard.starts-after"  # a label: simulated seconds from a container's start until it listens
LONGEST_START = 3600
_LONGEST_SIZE = 16  # digits: more is no size
SYSTEM = "dev.dockyard.system"  # what apt-get was asked for
EPOCH = "1970-01-01T00:00:00Z"

_ARCHITECTURES = {"amd64": "amd64", "x86_64": "amd64", "x86-64": "amd64", "arm64": "arm64", "aarch64": "arm64"}


def starts_after(text: str) -> float | None:
    """The seconds that a `dev.dockyard.starts-after` label says, None where it is no number from 0 to 3600."""
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if 0 <= seconds <= LONGEST_START else None


def canonical(value: object) -> bytes:
    """JSON with sorted keys and no spare spaces: the same value gives the same bytes, so the same digest."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True)
class Platform:
    """What an image runs on; written `linux/amd64`."""

    architecture: str = "amd64"
    system: str = "linux"

    @classmethod
    def parse(cls, text: str) -> Platform:
        """Read `linux/arm64`, `linux/arm64/v8` or `arm64`; nothing at all means linux/amd64."""
        parts = text.strip().lower().split("/") if text.strip() else ["linux", "amd64"]
        words = parts if parts[0] == "linux" else ["linux", *parts]
        if len(words) in (2, 3) and words[1] in _ARCHITECTURES:
            return cls(_ARCHITECTURES[words[1]])
        raise EngineError(
            f'"{text}": unknown operating system or architecture: invalid argument.',
            next_step="This engine builds for linux/amd64 and linux/arm64.",
        )

    def __str__(self) -> str:
        return f"{self.system}/{self.architecture}"


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer: digest and true size of its gzip blob, digest of the tar in it, bytes it stands for (0: its own).

    `content_size`: the bytes of its files, None where nobody has counted them.
    """

    digest: str
    diff_id: str
    size: int
    nominal_size: int = 0
    content_size: int | None = None

    @property
    def shown_size(self) -> int:
        """The bytes that Docker's client shows: what it stands for, else of its files, else of its blob."""
        unpacked = self.size if self.content_size is None else self.content_size
        return self.nominal_size or unpacked

    def descriptor(self) -> dict[str, Any]:
        """The layer as a manifest names it."""
        described: dict[str, Any] = {"mediaType": LAYER, "digest": self.digest, "size": self.size}
        sizes = {NOMINAL_SIZE: self.nominal_size or None, CONTENT_SIZE: self.content_size}
        if known := {name: str(size) for name, size in sizes.items() if size is not None}:
            described["annotations"] = known
        return described

    @classmethod
    def from_descriptor(cls, described: Mapping[str, Any], diff_id: str) -> Layer:
        """The layer a manifest names, with the diff id its configuration gives it."""
        nominal, content = _annotated(described, NOMINAL_SIZE), _annotated(described, CONTENT_SIZE)
        return cls(described["digest"], diff_id, int(described["size"]), nominal or 0, content)


def _annotated(described: Mapping[str, Any], name: str) -> int | None:
    """A size among a descriptor's annotations; None where there is none that can be believed."""
    text = str((described.get("annotations") or {}).get(name, ""))
    return int(text) if text.isascii() and text.isdigit() and len(text) < _LONGEST_SIZE else None


def manifest_of(
    config: bytes, config_digest: str, layers: Sequence[Layer], facts: Mapping[str, object]
) -> dict[str, Any]:
    """The manifest of a configuration and its layers; facts, such as what pip was asked for, travel as annotations."""
    manifest: dict[str, Any] = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": {"mediaType": CONFIG, "digest": config_digest, "size": len(config)},
        "layers": [layer.descriptor() for layer in layers],
    }
    if facts:
        manifest["annotations"] = {name: json.dumps(value) for name, value in facts.items()}
    return manifest
