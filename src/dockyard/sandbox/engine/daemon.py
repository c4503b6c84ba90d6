"""What every request is answered from: the account's images and, from the first request that needs them, containers.

Knows nothing about HTTP.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from dockyard.containers.images import Images
from dockyard.errors import EngineError

if TYPE_CHECKING:
    from dockyard.runtime import Container, Containers

__all__ = ["Daemon", "MakeContainers"]

MakeContainers = Callable[[], "Containers"]


class Daemon:
    """One account's engine. `make_containers` is called once, by the first request that needs containers."""

    def __init__(self, images: Images, make_containers: MakeContainers | None = None) -> None:
        self.images = images
        self._make = make_containers
        self._containers: Containers | None = None

    @property
    def containers(self) -> Containers:
        """The account's containers; EngineError 501 where this engine runs none."""
        if self._containers is None:
            if self._make is None:
                raise EngineError("this engine runs no containers: it builds, tags and pushes images", status=501)
            self._containers = self._make()
        return self._containers

    def known_containers(self) -> list[Container]:
        """Every container, running or not; none where this engine runs none."""
        return self.containers.all() if self._make else []

    async def close(self) -> None:
        """End every container."""
        if self._containers is not None:
            await self._containers.close()
