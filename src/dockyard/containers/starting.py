"""Where a build starts and ends: what FROM and COPY --from name, and the stage that --target names.

Knows nothing about the steps between.
"""

from __future__ import annotations

import tarfile
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import IO, cast

from dockyard.containers.archives import opened
from dockyard.containers.bases import BASES, DEFAULT_PATH, base_draft, offer
from dockyard.containers.dockerfile import Instruction
from dockyard.containers.draft import Draft
from dockyard.containers.filesystem import FileEntry
from dockyard.containers.images import Image, Images
from dockyard.containers.layers import Entry, Opener, clean
from dockyard.containers.oci import Platform
from dockyard.containers.references import Reference
from dockyard.containers.stage import failure
from dockyard.errors import EngineError

__all__ = ["Fetch", "find_base", "image_entries", "until_target"]


#: brings an image from the registry that a name holds, for a platform; None where no such registry may be asked
Fetch = Callable[[Reference, Platform], Image | None]


def find_base(images: Images, instruction: Instruction, name: str, platform: Platform, fetch: Fetch) -> Draft:
    """What FROM names, unless it is a stage: an image of the account, of the table, of a registry, or scratch."""
    if name == "scratch":
        return Draft(platform, {"Env": [f"PATH={DEFAULT_PATH}"]})
    reference = _reference(instruction, name)
    image = images.local(reference)
    base = BASES.get(reference)
    if base is None and (image is None or Draft.from_image(image).platform != platform):
        image = _fetched(instruction, reference, platform, fetch, instead=image)
    if base is None and image is None:
        raise _unknown_base(instruction, reference)
    if base is not None and (image is None or Draft.from_image(image).platform != platform):
        image = base_draft(images.blobs, base, platform).image(images.blobs)
        images.keep(image, reference)
    assert image is not None
    return Draft.from_image(image)


def _reference(instruction: Instruction, name: str) -> str:
    try:
        return str(Reference.parse(name))
    except EngineError as error:
        raise failure(instruction.line, error.message, error.next_step) from error


def _fetched(
    instruction: Instruction, reference: str, platform: Platform, fetch: Fetch, *, instead: Image | None
) -> Image | None:
    """The image from its registry; where it gives none, `instead`: the one for another platform."""
    parsed = Reference.parse(reference)
    if not parsed.host:
        return instead
    try:
        return fetch(parsed, platform) or instead
    except EngineError as error:
        if instead is not None:
            return instead
        raise failure(instruction.line, error.message, error.next_step) from error


def _unknown_base(instruction: Instruction, reference: str) -> EngineError:
    return failure(instruction.line, f"manifest for {reference} not found: manifest unknown.", offer(reference))


def until_target(instructions: list[Instruction], target: str) -> list[Instruction]:
    """The instructions up to the end of the stage that `--target` names."""
    if not target:
        return instructions
    starts = [at for at, each in enumerate(instructions) if each.keyword == "FROM"]
    names = [(instructions[at].words[2:3] or ("",))[0].lower() for at in starts]
    numbers = [str(number) for number in range(len(starts))]
    found = (
        names.index(target.lower()) if target.lower() in names else numbers.index(target) if target in numbers else -1
    )
    if found < 0:
        raise EngineError(
            f"failed to reach build target {target} in Dockerfile.",
            next_step=f"Its stages: {', '.join(filter(None, names))}.",
        )
    return instructions[: [*starts, len(instructions)][found + 1]]


class _Opened:
    """The layers of an image, each opened once and read in any order until `keep` is closed."""

    def __init__(self, image: Image, keep: ExitStack) -> None:
        self._image = image
        self._keep = keep
        self._layers: dict[int, tuple[tarfile.TarFile, dict[str, tarfile.TarInfo]]] = {}

    def content(self, file: FileEntry) -> IO[bytes]:
        """The content behind one entry of the image's files."""
        tar, members = self._layer(file.layer_index)
        return cast("IO[bytes]", tar.extractfile(members[file.member]))

    def _layer(self, index: int) -> tuple[tarfile.TarFile, dict[str, tarfile.TarInfo]]:
        if index not in self._layers:
            digest = self._image.layers[index].digest
            tar = opened(self._image.blobs.open(digest), f"layer {digest}", self._keep)
            self._layers[index] = tar, {clean(member.name): member for member in tar}
        return self._layers[index]


def image_entries(image: Image, keep: ExitStack) -> dict[str, Entry]:
    """An image's files as what a COPY --from can read until `keep` is closed."""
    found, layers = {}, _Opened(image, keep)
    for path, file in image.files().items():
        opener = cast(Opener, partial(layers.content, file)) if file.kind == "file" else None
        relative = path.strip("/")
        found[relative] = Entry(relative, file.kind, file.mode, file.uid, file.gid, file.size, file.target, opener)
    return found
