"""A learner's finding, handed in as the labels of a small image: where Docker keeps what people say of an image.

Knows nothing about what is right.
"""

from __future__ import annotations

from collections.abc import Sequence

from dockyard.grading.checks import expect
from dockyard.grading.image import Image
from dockyard.grading.world import Images

__all__ = ["handed_in"]


def handed_in(images: Images, step: str, names: Sequence[str]) -> dict[str, str]:
    """What the image `findings:STEP` says of each name; Failure where it is not there, or does not say so."""
    how = f'hand_in("{step}", {", ".join(f"{name}=…" for name in names)})'
    expect(
        f"findings:{step}" in images.tags(),
        "You have not handed in what you found.",
        next=f"Look, and then hand it in: {how}.",
    )
    labels = Image(images, f"findings:{step}").settings.get("Labels") or {}
    missing = [name for name in names if not labels.get(name)]
    expect(
        not missing,
        f"Your finding says nothing of {' and '.join(missing)}.",
        cloud=f"labels of findings:{step}: {', '.join(sorted(labels)) or 'none'}",
        next=f"Hand all of it in at once: {how}.",
    )
    return {name: str(labels[name]) for name in names}
