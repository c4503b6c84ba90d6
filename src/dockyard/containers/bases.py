"""Base images made when they are asked for: the one layer of each, its settings, its history.

Knows nothing about builds, nor which bases there are. The files stand for the real ones, whose size the layer
carries as an annotation.
"""

from __future__ import annotations

import json

from dockyard.containers.blobs import BlobStore
from dockyard.containers.catalogue import BASES, DEFAULT_PATH, Base, offer
from dockyard.containers.draft import Draft
from dockyard.containers.layers import write_layer
from dockyard.containers.oci import EPOCH, Layer, Platform
from dockyard.containers.roots import root_files

__all__ = ["BASES", "DEFAULT_PATH", "Base", "base_draft", "offer"]


def base_draft(blobs: BlobStore, base: Base, platform: Platform) -> Draft:
    """Write a base image's one layer (unless it is here) and return the image as the start of a build."""
    written = write_layer(blobs, root_files(base))
    layer = Layer(written.digest, written.diff_id, written.size, base.nominal_size)
    said = "ENTRYPOINT" if "Entrypoint" in base.settings else "CMD"
    command = json.dumps(base.settings[said.capitalize() if said == "ENTRYPOINT" else "Cmd"])
    history = (
        {"created": EPOCH, "created_by": f"/bin/sh -c #(nop) ADD file: {base.name} as Dockyard stands in for it in / "},
        {"created": EPOCH, "created_by": f"/bin/sh -c #(nop)  {said} {command}", "empty_layer": True},
    )
    return Draft(platform, base.settings, history, (layer,))
