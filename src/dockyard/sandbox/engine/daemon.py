"""What every request is answered from: the account's images and, from the first request that needs them, containers.

Knows nothing about HTTP.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from dockyard.containers.images import Images
from dockyard.errors import EngineError

if TYPE_CHECKING:
    from dockyard.runtime.container import Container
    from dockyard.runtime.containers import Containers
    from dockyard.runtime.outside import Outside
    from dockyard.sandbox.engine.execs import Command

__all__ = ["Daemon", "MakeContainers", "is_anonymous"]

_MOST_COMMANDS = 1000

MakeContainers = Callable[[], "Containers"]


class Daemon:
    """One account's engine. `make_containers` is called once, by the first request that needs containers.

    `outside`: what each container reaches of this machine.
    """

    def __init__(
        self, images: Images, make_containers: MakeContainers | None = None, outside: tuple[Outside, ...] = ()
    ) -> None:
        self.images = images
        self.outside = outside
        self._make = make_containers
        self._containers: Containers | None = None
        self._commands: dict[str, Command] = {}

    @property
    def containers(self) -> Containers:
        """The account's containers; EngineError 501 where this engine runs none."""
        if self._containers is None:
            if self._make is None:
                raise EngineError("this engine runs no containers: it builds, tags and pushes images", status=501)
            self._containers = self._make()
        return self._containers

    @property
    def runs_containers(self) -> bool:
        """Whether this engine runs containers at all."""
        return self._make is not None

    def known_containers(self) -> list[Container]:
        """Every container, running or not; none where this engine runs none."""
        return self.containers.all() if self._make else []

    def keep(self, command: Command) -> None:
        """Know an exec by its id, as long as its container is there; the oldest go beyond a thousand."""
        self._commands[command.id] = command
        while len(self._commands) > _MOST_COMMANDS:
            self._commands.pop(next(iter(self._commands)))

    def command(self, identifier: str) -> Command:
        """The exec of this id; EngineError 404 in Docker's words."""
        command = self._commands.get(identifier)
        if command is None or command.container.state.status == "dead":
            raise EngineError(f"No such exec instance: {identifier}", status=404)
        return command

    async def remove(self, container: Container, *, force: bool, volumes: bool) -> None:
        """Remove a container, and with `volumes` those of its volumes that have no name of their own."""
        await self.containers.remove(container, force=force)
        if volumes:
            for mount in container.wanted.mounts:
                if is_anonymous(mount.source):
                    self.containers.volumes.remove(mount.source)

    async def close(self) -> None:
        """End every container."""
        if self._containers is not None:
            await self._containers.close()


def is_anonymous(volume: str) -> bool:
    """Whether a volume has only a number for a name: it was made for one container."""
    return bool(re.fullmatch(r"[0-9a-f]{64}", volume))
