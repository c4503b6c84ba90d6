"""The ground a container stands on: its folder, its files and packages, its user, its isolation.

Knows nothing about a container's life: it is prepared before each start, launched, and cleared at the end.
"""

from __future__ import annotations

import asyncio
import json
import os
import posixpath
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from dockyard.containers.disk import full_disk
from dockyard.containers.images import Image
from dockyard.containers.oci import SYSTEM
from dockyard.containers.python_sites import python_prefix
from dockyard.errors import EngineError
from dockyard.runtime.accounts import account
from dockyard.runtime.contents import Contents
from dockyard.runtime.files import inside, remove_tree
from dockyard.runtime.interpreters import minor_of
from dockyard.runtime.isolation import Mounted, Place
from dockyard.runtime.machine import Machine
from dockyard.runtime.orders import Order
from dockyard.runtime.shim import Shim
from dockyard.runtime.tools import programs
from dockyard.runtime.volumes import Volumes
from dockyard.runtime.wanted import Mount, Wanted

__all__ = ["Ground", "House"]


@dataclass(frozen=True, slots=True)
class House:
    """Where containers stand that know each other by name, and what they share with all others of this machine."""

    folder: Path
    volumes: Volumes
    machine: Machine


class Standing(Protocol):
    """What a ground has to know of its container."""

    id: str
    name: str
    image: Image
    wanted: Wanted
    order: Order

    @property
    def hostname(self) -> str:
        """What it calls itself."""


Neighbour = Callable[[], "Ground | None"]


class Ground:
    """One container's ground. `neighbour` finds the ground whose loopback is shared, each time it starts."""

    def __init__(self, house: House, folder: Path, neighbour: Neighbour) -> None:
        self.folder = folder
        self.pid = 0  # of the first process in its namespaces, as the host counts
        self._house = house
        self._neighbour = neighbour
        self._place: Place | None = None
        self._contents: Contents | None = None
        folder.mkdir(mode=0o700, parents=True)

    @property
    def place(self) -> Place:
        """Where it stands, once it was prepared."""
        assert self._place is not None
        return self._place

    def prepare(self, container: Standing) -> None:
        """Unpack, copy and lay out what is not there yet; blocking. EngineError where the image or a mount forbids."""
        machine, image = self._house.machine, container.image
        files, isolation = machine.files, machine.isolation
        listing = files.listing(image)
        who = account(container.order.user, files.read(image, "/etc/passwd"), files.read(image, "/etc/group"))
        python, site = machine.sites.of(image)
        beside = self._neighbour()
        self._place = Place(
            folder=self.folder,
            listing=listing,
            account=who,
            hostname=container.hostname,
            python=python,
            called=minor_of(image.python_version()),
            site=site,
            prefix=python_prefix(container.order.environment["PATH"], listing.__contains__),
            programs=programs(files.read(image, "/etc/dockyard-base"), image.configuration.get(SYSTEM) or ()),
            links=files.links,
            mounts=tuple(map(self._mounted, container.wanted.mounts)),
            neighbour=beside.pid if beside else 0,
            ports=beside.place.ports if beside else self.folder / "ports",
        )
        if not self._place.root.exists():
            files.copy(image, self._place.root)
            isolation.lay(self._place)
            inside(self._place.root, container.order.folder).mkdir(parents=True, exist_ok=True)
            files.settle(image, self._place.root, who, isolation.passable(self._place))
            self._contents = Contents(self._place, container.name)
        if not beside:
            self._no_ports(self._place.ports)

    def contents(self, container: Standing) -> Contents:
        """What is in it; laid out first where it was never started. Blocking."""
        if self._contents is None:
            self.prepare(container)
        assert self._contents is not None
        return self._contents

    def _no_ports(self, ports: Path) -> None:
        for entry in ports.glob("*"):
            entry.unlink()

    def _mounted(self, mount: Mount) -> Mounted:
        target = posixpath.normpath("/" + mount.target.lstrip("/"))
        if target.strip("/") in ("", "proc", "dev", ".dockyard"):
            raise EngineError(f"invalid mount target {mount.target}: nothing can be mounted there.")
        if not mount.of_host:
            return Mounted(self._house.volumes.create(mount.source).folder, target, mount.read_only)
        if not Path(mount.source).exists():
            sentence = f'invalid mount config for type "bind": bind source path does not exist: {mount.source}'
            raise EngineError(sentence, next_step="Make the folder first.")
        return Mounted(Path(mount.source), target, mount.read_only)

    def first_line(self, container: Standing) -> str:
        """What a container's log begins with: its isolation, and which Python really runs."""
        python, named = self.place.python, container.image.python_version()
        runs = f"; Python {python.version} runs it" if python else ""
        if python and not f"{named}.".startswith(f"{python.version}."):
            runs += f" where the image names {named}"
        absent = (
            f"; not at hand on this machine: {', '.join(self.place.site.missing)}" if self.place.site.missing else ""
        )
        return f"{self._house.machine.isolation.sentence}{runs}{absent}"

    async def launch(self, shim: Shim) -> None:
        """Start a shim here."""
        isolation = self._house.machine.isolation
        if isolation.name == "plain":
            self.pid = shim.launch(isolation.shim(self.place, -1), str(self.place.ports), self._errors)
            return
        told, telling = os.pipe()
        try:
            shim.launch(isolation.shim(self.place, telling), "", self._errors, (telling,))
        finally:
            os.close(telling)
        self.pid = await asyncio.to_thread(_first_process, told)

    @property
    def _errors(self) -> Path:
        return self.folder / "shim-errors"

    def failure(self, error: OSError) -> EngineError:
        """Why it could not be laid out, or its shim did not start or ended before its time, as far as was said."""
        if full := full_disk(error):
            return full
        why = error.strerror or str(error)
        if isinstance(error, ConnectionResetError):
            with suppress(OSError):
                why = (self._errors.read_text(errors="replace").strip().splitlines() or ["nothing was said"])[-1]
        sentence = f"the container's process could not be started: {why}"
        return EngineError(
            sentence, status=500, next_step="Start it again; if that does not help, run `dockyard doctor`."
        )

    def spoken(self, command: Sequence[str], environment: Mapping[str, str], folder: str) -> dict[str, Any]:
        """A command as this isolation runs it."""
        isolation, place = self._house.machine.isolation, self.place
        home = {} if "HOME" in environment else {"HOME": place.account.home}
        return {
            "command": isolation.command(place, command),
            "environment": isolation.environment(place, {**environment, **home}),
            "folder": isolation.folder(place, folder),
        }

    def refuse_other_user(self, user: str) -> None:
        """EngineError where a command asks for a user that is not the container's: its processes have one user."""
        who = self.place.account
        if user and user.partition(":")[0] not in (who.name, str(who.uid)):
            sentence = f"this engine runs every process of a container as one user, here {who.name or who.uid}"
            raise EngineError(f"{sentence}; it cannot run one as {user}.", next_step="Start the container with --user.")

    def clear(self) -> None:
        """Delete the folder; blocking."""
        remove_tree(self.folder)


def _first_process(told: int) -> int:
    """Read what bubblewrap says of the process it started; 0 where it failed and said nothing."""
    with os.fdopen(told, "rb") as answer:
        said = answer.read()
    with suppress(ValueError, KeyError):  # killed before it had said all
        return int(json.loads(said)["child-pid"])
    return 0
