"""What is at hand without asking anybody: installed distributions, those fetched before, and a folder of wheels.

Knows nothing about indexes and requirements.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from dockyard.errors import PackageError
from dockyard.packages.distribution import Distribution, Site, normal
from dockyard.packages.interpreter import Interpreter, Interpreters
from dockyard.packages.shelf import Shelf
from dockyard.packages.wheel import Wheel

__all__ = ["AtHand"]


class AtHand:
    """Distributions by normalised name and version, and which of this machine's Pythons can load their files."""

    def __init__(self, shelf: Shelf, wheels: Path | None, installed: Iterable[Path] | None) -> None:
        self.interpreters = Interpreters()
        self._shelf = shelf
        self._wheels = wheels
        self._folders = tuple(Path(each) for each in (sys.path if installed is None else installed) if str(each))

    def distributions(self, name: str) -> list[Distribution]:
        """Every version of a name whose files are here for this Python or another, each once, in no order."""
        found = [*(site.distribution for site in self._sites(name)), *self._of_wheels(name)]
        return list({each.version: each for each in found}.values())

    def site(self, name: str, version: str, runner: Interpreter) -> Site | None:
        """The files of a distribution that this Python can load; None where there are none here."""
        fitting = (site for site in self._sites(name) if site.distribution.version == version)
        found = next((site for site in fitting if self._loads(site, runner)), None)
        if found is None and (wheel := self._wheel(name, version, runner)):
            self._shelf.put(wheel)
            return next(site for site in self._shelf.sites(name) if site.distribution.version == version)
        return found

    def keep(self, wheel: Wheel, runners: Iterable[Interpreter]) -> bool:
        """Unpack a wheel for later if one of these Pythons can load it; whether that is so."""
        fits = any(runner.loads(wheel.tags) for runner in runners)
        if fits:
            self._shelf.put(wheel)
        return fits

    def _sites(self, name: str) -> list[Site]:
        installed = (site for folder in self._folders if (site := _installed(folder).get(name)))
        whole = (site for site in installed if site.is_whole)
        return [*list(whole)[:1], *self._shelf.sites(name)]

    def _loads(self, site: Site, runner: Interpreter) -> bool:
        own = runner == self.interpreters.own and site.metadata.parent in self._folders
        return own or runner.loads(site.tags)

    def _wheel(self, name: str, version: str, runner: Interpreter) -> Wheel | None:
        fitting = (each for each in self._wheel_files(name) if runner.loads(each.tags))
        return next((each for each in fitting if each.distribution.version == version), None)

    def _of_wheels(self, name: str) -> Iterator[Distribution]:
        own = self.interpreters.own
        return (each.distribution for each in self._wheel_files(name) if own.loads(each.tags))

    def _wheel_files(self, name: str) -> Iterator[Wheel]:
        for path in sorted(self._wheels.glob("*.whl")) if self._wheels else ():
            if normal(path.name.partition("-")[0]) == name:
                try:
                    yield Wheel(path)
                except PackageError:
                    continue  # a file that is no wheel lies in the folder, and is left alone


def _installed(folder: Path) -> dict[str, Site]:
    try:
        return _listed(folder, folder.stat().st_mtime_ns)
    except OSError:
        return {}


@lru_cache(maxsize=64)
def _listed(folder: Path, _changed: int) -> dict[str, Site]:
    """The distributions of a folder, read anew whenever it has changed."""
    return {site.name: site for site in Site.all_in(folder)}
