"""An image while it is being built: a value that each instruction replaces by the next.

Knows nothing about Dockerfiles: it turns settings, history and layers into the configuration and manifest they mean.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from dockyard.containers.blobs import BlobStore, digest_of
from dockyard.containers.images import Image
from dockyard.containers.oci import (
    ANSWERED,
    EPOCH,
    INSTALLED,
    PACKAGES,
    STAGES,
    SYSTEM,
    UNCHECKED,
    Layer,
    Platform,
    canonical,
    manifest_of,
)
from dockyard.containers.python_sites import Sites
from dockyard.packages.answered import Answered

__all__ = ["Draft"]


@dataclass(frozen=True, slots=True)
class Draft:
    """Settings as in an image's `config`, history, layers, and what pip and apt-get did so far."""

    platform: Platform
    settings: Mapping[str, Any]
    history: tuple[Mapping[str, Any], ...] = ()
    layers: tuple[Layer, ...] = ()
    packages: tuple[str, ...] = ()
    sites: Sites = field(default_factory=dict)
    unchecked: tuple[str, ...] = ()
    system: tuple[str, ...] = ()
    answered: tuple[Answered, ...] = ()
    stages: tuple[Sequence[Mapping[str, Any]], ...] = ()

    @classmethod
    def from_image(cls, image: Image) -> Draft:
        """Go on from an image that is finished."""
        configuration = image.configuration
        return cls(
            Platform(configuration.get("architecture", "amd64"), configuration.get("os", "linux")),
            configuration.get("config") or {},
            tuple(configuration.get("history") or ()),
            image.layers,
            tuple(image.packages()),
            image.sites(),
            tuple(configuration.get(UNCHECKED) or ()),
            tuple(configuration.get(SYSTEM) or ()),
            tuple(image.answered()),
        )

    def changed(
        self,
        settings: Mapping[str, Any],
        packages: Iterable[str] = (),
        unchecked: Iterable[str] = (),
        system: Iterable[str] = (),
        sites: Sites | None = None,
        answered: Iterable[Answered] = (),
    ) -> Draft:
        """With settings replaced (None takes one away), packages added, and the sites of Python as they are now."""
        merged = {key: value for key, value in {**self.settings, **settings}.items() if value is not None}
        return replace(
            self,
            settings=merged,
            packages=tuple(sorted({*self.packages, *packages})),
            unchecked=tuple(sorted({*self.unchecked, *unchecked})),
            system=tuple(sorted({*self.system, *system})),
            sites=self.sites if sites is None else sites,
            answered=(*self.answered, *answered),
        )

    def after(self, stages: Iterable[Draft], steps: Iterable[Sequence[Mapping[str, Any]]] = ()) -> Draft:
        """With the questions to pip of the stages before it, and their steps: a rebuild goes through them, too."""
        asked = [each for one in (*stages, self) for each in one.answered]
        once = {canonical(each.as_json()): each for each in asked}
        return replace(self, answered=tuple(once.values()), stages=tuple(steps))

    def recorded(self, created_by: str, layer: Layer | None) -> Draft:
        """With one more line of history, and its layer where the step has one."""
        line: dict[str, Any] = {"created": EPOCH, "created_by": created_by}
        if layer is None:
            return replace(self, history=(*self.history, {**line, "empty_layer": True}))
        return replace(self, history=(*self.history, line), layers=(*self.layers, layer))

    @property
    def environment(self) -> dict[str, str]:
        """Its ENV so far, as a mapping."""
        pairs = (text.partition("=") for text in self.settings.get("Env") or [])
        return {name: value for name, _, value in pairs}

    def configuration(self) -> bytes:
        """The OCI configuration, as bytes."""
        content: dict[str, Any] = {
            "architecture": self.platform.architecture,
            "os": self.platform.system,
            "created": EPOCH,
            "config": dict(self.settings),
            "rootfs": {"type": "layers", "diff_ids": [layer.diff_id for layer in self.layers]},
            "history": list(self.history),
        }
        if self.answered:
            content[ANSWERED] = [each.as_json() for each in self.answered]
        if self.stages:
            content[STAGES] = [list(each) for each in self.stages]
        return canonical({**content, **self._facts()})

    def _facts(self) -> dict[str, object]:
        """What a real engine would know nothing of, by the key it has in configuration and manifest."""
        sites = {folder: list(pins) for folder, pins in sorted(self.sites.items())}
        facts: dict[str, object] = {PACKAGES: list(self.packages), INSTALLED: sites}
        facts.update({UNCHECKED: list(self.unchecked), SYSTEM: list(self.system)})
        return {name: value for name, value in facts.items() if value}

    @property
    def id(self) -> str:
        """The id this image would have if it ended here."""
        return digest_of(self.configuration())

    def preview(self, blobs: BlobStore) -> Image:
        """The image as it stands, to read its files; nothing is written."""
        config = self.configuration()
        return self._image(blobs, config, digest_of(config))

    def image(self, blobs: BlobStore) -> Image:
        """Write configuration and manifest and return the image."""
        config = self.configuration()
        image = self._image(blobs, config, blobs.write(config))
        blobs.write(canonical(image.manifest))
        return image

    def _image(self, blobs: BlobStore, config: bytes, config_digest: str) -> Image:
        manifest = manifest_of(config, config_digest, self.layers, self._facts())
        return Image(blobs, digest_of(canonical(manifest)), manifest, json.loads(config))
