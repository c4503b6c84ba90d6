"""What every isolation has to say: where a shim runs, and how command, folder and environment read there.

Knows nothing about which isolation there is on this machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from dockyard.runtime.accounts import Account
from dockyard.runtime.distributions import Site
from dockyard.runtime.files import Kept
from dockyard.runtime.interpreters import Interpreter

__all__ = ["Isolation", "Mounted", "Place"]


@dataclass(frozen=True, slots=True)
class Mounted:
    """A folder of the host at a path of the container."""

    source: Path
    target: str
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where one container lives on disk, and all that decides what it sees."""

    folder: Path
    listing: Mapping[str, Kept]
    account: Account
    hostname: str
    python: Interpreter | None  # None: the image has none
    called: str  # the minor version the image names
    site: Site
    prefix: str  # where the image has its Python, as in /usr/local
    programs: Mapping[str, str]  # shells and the like: names, and real paths on this machine
    links: Path  # where links are kept that many containers have
    mounts: tuple[Mounted, ...] = ()
    neighbour: int = 0  # the process whose loopback is shared
    ports: Path = Path()  # where plain containers say what they listen on

    @property
    def root(self) -> Path:
        """The container's own copy of its image's files."""
        return self.folder / "root"


class Isolation(Protocol):
    """One way to keep a container to itself."""

    name: str
    sentence: str  # what a container's log says about it

    def lay(self, place: Place) -> None:
        """Add to the copied files what makes them a running system; blocking."""

    def passable(self, place: Place) -> frozenset[str]:
        """Folders of the container that every user must be able to go through."""

    def shim(self, place: Place, telling: int) -> list[str]:
        """The command line that runs a shim there; `telling`: a descriptor that may be told its process id."""

    def command(self, place: Place, words: Sequence[str]) -> list[str]:
        """A command of the container as it is run."""

    def folder(self, place: Place, path: str) -> str:
        """A working folder as it is entered."""

    def environment(self, place: Place, said: Mapping[str, str]) -> dict[str, str]:
        """The container's environment as its processes get it."""
