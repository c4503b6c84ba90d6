"""Wheels that were fetched before, unpacked in the data folder, a folder each: `packages/WHEEL/`.

Knows nothing about where they came from. A folder appears whole, by one rename, however many processes put it there.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from dockyard.packages.distribution import Site
from dockyard.packages.wheel import Wheel

__all__ = ["Shelf"]


class Shelf:
    """A folder of unpacked wheels; it is made when the first is put there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def sites(self, name: str) -> list[Site]:
        """Every distribution of a normalised name that lies here, in the order of the folders' names."""
        if not self.folder.is_dir():
            return []
        prefix = name.replace("-", "_") + "-"
        trees = sorted(path for path in self.folder.iterdir() if path.name.lower().startswith(prefix))
        return [site for tree in trees for site in Site.all_in(tree) if site.name == name]

    def put(self, wheel: Wheel) -> None:
        """Unpack a wheel here unless it lies here; PackageError where it is damaged, and then nothing stays."""
        target = self.folder / _folder_name(wheel)
        if target.is_dir():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".incoming-", dir=self.folder) as incoming:
            tree = Path(incoming) / "tree"
            tree.mkdir()
            wheel.unpack(tree)
            try:
                tree.rename(target)
            except OSError:
                if not target.is_dir():  # else another process was faster
                    raise


def _folder_name(wheel: Wheel) -> str:
    """The wheel's own name, its distribution's name normalised so that it can be looked for."""
    rest = wheel.path.name.removesuffix(".whl").partition("-")[2]
    return f"{wheel.name.replace('-', '_')}-{rest}"
