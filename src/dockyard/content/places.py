"""Where the course's folders lie: beside the package in an installed wheel, else in the repository around it.

Knows nothing about what the folders hold. It looks beside this very file and never asks importlib.resources, because an
editable install keeps a stale copy there.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from dockyard.errors import ContentError

__all__ = ["Places", "places"]

_PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Places:
    """Two folders: `labs` holds what a learner may see, `graders` what a learner may not."""

    labs: Path
    graders: Path


def places(package: Path = _PACKAGE) -> Places:
    """The folders that belong to a package folder. Raises ContentError when neither place has them.

    The package in a learner's container has no graders: the course can be read there, and nothing be judged.
    """
    candidates = (package / "_content", package.parent.parent)
    for root, needed in zip(candidates, (("labs",), ("labs", "graders")), strict=True):
        if all((root / name).is_dir() for name in needed):
            return Places(root / "labs", root / "graders")
    looked = " and ".join(str(root) for root in candidates)
    raise ContentError(
        f"The course's folders labs and graders are missing; looked in {looked}.",
        next_step="Install dockyard again, or run it from a whole checkout.",
    )
