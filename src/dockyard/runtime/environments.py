"""The virtual environments that an image made for itself (`python -m venv /opt/venv`), brought to life in a container.

Knows nothing about images: it looks for pyvenv.cfg. Each sees the packages laid out at /usr/local, which are those that
the image's `python` can import.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

__all__ = ["lay_environments"]

_WHERE = ("*/pyvenv.cfg", "*/*/pyvenv.cfg", "*/*/*/pyvenv.cfg")


def lay_environments(root: Path, minor: str, commands: Iterable[str]) -> None:
    """Point the environments below a container's files to its Python, packages and commands in usr/local."""
    local, names = root / "usr/local", list(commands)
    for settings in [path for pattern in _WHERE for path in root.glob(pattern)]:
        place = settings.parent
        touched = (place, place / "bin", place / "lib" / f"python{minor}" / "site-packages")
        if place == local or not all(_really_below(each, root) for each in touched):
            continue
        settings.unlink()  # it may be one file with that of other containers
        settings.write_text((local / "pyvenv.cfg").read_text())
        for name in ("python", "python3", f"python{minor}"):
            _link(place / "bin" / name, Path(os.readlink(local / "bin" / name)))
        for name in names:
            _link(place / "bin" / name, Path(os.path.relpath(local / "bin" / name, place / "bin")))
        site = touched[-1]
        if not site.exists():
            _link(site, Path(os.path.relpath(local / "lib" / f"python{minor}" / "site-packages", site.parent)))


def _really_below(path: Path, root: Path) -> bool:
    """Whether it is in the container's files once links are followed: an image may hold links to anywhere."""
    return path.resolve() == root.resolve() / path.relative_to(root)


def _link(path: Path, target: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.symlink_to(target)
