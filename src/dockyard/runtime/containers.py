"""The containers of one sandbox: made, found by name or id, removed.

Knows nothing about how a container runs.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from pathlib import Path

from dockyard.containers.images import Images
from dockyard.errors import EngineError
from dockyard.runtime.container import Container
from dockyard.runtime.files import remove_tree
from dockyard.runtime.ground import Ground, House
from dockyard.runtime.machine import Machine
from dockyard.runtime.refusals import name_in_use, no_such_container
from dockyard.runtime.volumes import Volumes
from dockyard.runtime.wanted import Wanted

__all__ = ["Containers"]

_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+")
_MANNERS = ("brave", "calm", "clever", "eager", "gentle", "happy", "keen", "kind", "patient", "quiet", "swift", "witty")
_PEOPLE = ("curie", "darwin", "euler", "franklin", "galileo", "hopper", "kepler", "lovelace", "noether", "turing")


class Containers:
    """All containers. `folder` holds them (each start begins with none) and volumes; images lie with the `machine`."""

    def __init__(self, folder: Path, images: Images, machine: Machine) -> None:
        self._images = images
        self._containers: dict[str, Container] = {}
        self._grounds: dict[str, Ground] = {}
        self._removing: set[asyncio.Task[None]] = set()
        self.volumes = Volumes(folder / "volumes")
        self._house = House(folder / "running", self.volumes, machine)
        remove_tree(self._house.folder)

    @property
    def isolation(self) -> str:
        """`namespaces` or `plain`; asked for the first time, it is tried."""
        return self._house.machine.isolation.name

    async def create(self, wanted: Wanted, name: str = "") -> Container:
        """Make a container; EngineError 404 (no such image), 409 (name taken), 400 (no command, bad name)."""
        name = name.removeprefix("/") or self._free_name()
        self._refuse_name(name)
        image = self._images.image(wanted.image)
        identifier = secrets.token_hex(32)
        ground = Ground(self._house, self._house.folder / identifier[:24], lambda: self._neighbour(wanted))
        try:
            for mount in wanted.mounts:
                if not mount.of_host:
                    self.volumes.create(mount.source)
            container = Container(identifier, name, image, wanted, ground)
        except BaseException:
            ground.clear()
            raise
        container.on_exit = self._on_exit
        self._containers[identifier] = container
        self._grounds[identifier] = ground
        return container

    def find(self, reference: str) -> Container:
        """By id, name or the beginning of an id; EngineError 404 in Docker's words."""
        bare = reference.removeprefix("/")
        by_name = (each for each in self._containers.values() if each.name == bare)
        found = self._containers.get(bare) or next(by_name, None)
        if found is None and bare:
            beginning = [each for identifier, each in self._containers.items() if identifier.startswith(bare)]
            found = beginning[0] if len(beginning) == 1 else None
        if found is None:
            raise no_such_container(reference)
        return found

    def all(self) -> list[Container]:
        """Every container, the oldest first."""
        return list(self._containers.values())

    def rename(self, container: Container, name: str) -> None:
        """Give it another name; EngineError 400 or 409."""
        self._refuse_name(name.removeprefix("/"))
        container.name = name.removeprefix("/")

    async def remove(self, container: Container, *, force: bool = False) -> None:
        """Delete it and what it had on disk; EngineError 409 where it runs and is not forced."""
        if container.state.running and not force:
            sentence = f'cannot remove container "/{container.name}": container is running'
            raise EngineError(f"{sentence}: stop the container before removing or force remove", status=409)
        self._containers.pop(container.id, None)
        self._grounds.pop(container.id, None)
        await container.forget()

    async def close(self) -> None:
        """End every process, and forget every container."""
        await asyncio.gather(*(self.remove(each, force=True) for each in self.all()), *self._removing)

    def _on_exit(self, container: Container) -> None:
        if container.wanted.auto_remove and container.id in self._containers:
            task = asyncio.get_running_loop().create_task(self.remove(container))
            self._removing.add(task)
            task.add_done_callback(self._removing.discard)

    def _neighbour(self, wanted: Wanted) -> Ground | None:
        if not wanted.together_with:
            return None
        container = self.find(wanted.together_with)
        if not container.state.running:
            raise EngineError(f"cannot join network of a non running container: {container.id}", status=409)
        return self._grounds[container.id]

    def _refuse_name(self, name: str) -> None:
        if not _NAME.fullmatch(name):
            rule = "only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"
            raise EngineError(f"Invalid container name ({name}), {rule}", status=400)
        for each in self._containers.values():
            if each.name == name:
                raise name_in_use(name, each.id)

    def _free_name(self) -> str:
        taken = {each.name for each in self._containers.values()}
        name = f"{secrets.choice(_MANNERS)}_{secrets.choice(_PEOPLE)}"
        return f"{name}{secrets.randbelow(10_000)}" if name in taken else name
