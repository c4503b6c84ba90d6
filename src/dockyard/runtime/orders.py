"""What a container really is: what a client wants, with everything it left to the image filled in.

Knows nothing about processes.
See Docker's reference: CMD and ENTRYPOINT, and what `docker run` overrides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dockyard.containers.images import Image
from dockyard.errors import EngineError
from dockyard.runtime.wanted import HealthCheck, Wanted

__all__ = ["Order"]

_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True, slots=True)
class Order:
    """Entry point and command, environment without what only a running container knows, user, folder, health check."""

    entrypoint: tuple[str, ...]
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    user: str
    folder: str
    stop_signal: str
    health: HealthCheck | None

    @property
    def command(self) -> tuple[str, ...]:
        """All words of the command."""
        return (*self.entrypoint, *self.arguments)

    @classmethod
    def of(cls, wanted: Wanted, image: Image) -> Order:
        """Fill in from the image; EngineError 400 where neither says a command."""
        said = image.configuration.get("config") or {}
        entrypoint = tuple(said.get("Entrypoint") or ()) if wanted.entrypoint is None else wanted.entrypoint
        arguments = () if wanted.entrypoint is not None else tuple(said.get("Cmd") or ())
        arguments = wanted.command or arguments
        if not (entrypoint or arguments):
            raise EngineError("No command specified", next_step="Name one after the image, or write CMD.")
        folder = wanted.working_folder or said.get("WorkingDir") or "/"
        return cls(
            entrypoint,
            arguments,
            {"PATH": _PATH, **wanted.beneath, **image.environment, **wanted.environment},
            wanted.user or said.get("User") or "",
            folder if folder.startswith("/") else f"/{folder}",
            wanted.stop_signal or said.get("StopSignal") or "SIGTERM",
            _health(wanted, HealthCheck.from_docker(said.get("Healthcheck"))),
        )


def _health(wanted: Wanted, of_image: HealthCheck | None) -> HealthCheck | None:
    check = wanted.health or of_image
    return None if check is None or check.test[:1] in ((), ("NONE",)) else check
