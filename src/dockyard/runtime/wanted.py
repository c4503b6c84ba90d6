"""What a container is to be: its image, command, environment, ports, mounts, limits and health check.

Knows nothing about how any of it is done: these are the values that a client's words become.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dockyard.runtime.outside import Outside

__all__ = ["HealthCheck", "Mount", "Published", "Wanted"]

_NANOSECONDS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Published:
    """A container's port as the host sees it; host port 0: any free one."""

    container_port: int
    host_address: str = "127.0.0.1"
    host_port: int = 0


@dataclass(frozen=True, slots=True)
class Mount:
    """A named volume (`source` is its name) or a folder of the host (an absolute path) at `target`."""

    source: str
    target: str
    read_only: bool = False

    @property
    def of_host(self) -> bool:
        """Whether it is a folder of the host."""
        return self.source.startswith("/")


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """Docker's health check, in seconds; `test` begins with CMD, CMD-SHELL or NONE."""

    test: tuple[str, ...]
    interval: float = 30.0
    timeout: float = 30.0
    start_period: float = 0.0
    retries: int = 3

    @classmethod
    def from_docker(cls, said: Mapping[str, Any] | None) -> HealthCheck | None:
        """Read `Healthcheck` of a configuration (nanoseconds; 0 or missing: the default); None where there is none."""
        test = tuple((said or {}).get("Test") or ())
        if said is None or not test or test[0] == "NONE":
            return None
        usual = cls(test)
        return cls(
            test,
            (said.get("Interval") or 0) / _NANOSECONDS or usual.interval,
            (said.get("Timeout") or 0) / _NANOSECONDS or usual.timeout,
            (said.get("StartPeriod") or 0) / _NANOSECONDS,
            said.get("Retries") or usual.retries,
        )

    @property
    def command(self) -> tuple[str, ...]:
        """The command that a probe runs."""
        return ("/bin/sh", "-c", *self.test[1:]) if self.test[0] == "CMD-SHELL" else self.test[1:]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A container as a client asks for it; what is empty or None, the image says."""

    image: str  # a name, id or digest
    command: tuple[str, ...] | None = None
    entrypoint: tuple[str, ...] | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    beneath: Mapping[str, str] = field(default_factory=dict)  # environment where neither that nor the image says it
    user: str = ""
    working_folder: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    ports: tuple[Published, ...] = ()
    mounts: tuple[Mount, ...] = ()
    memory: int = 0  # bytes; 0: no limit
    cpus: float = 0.0  # 0: no limit
    health: HealthCheck | None = None
    stop_signal: str = ""
    stop_timeout: float = 10.0
    stdin_open: bool = False
    tty: bool = False
    hostname: str = ""
    auto_remove: bool = False
    outside: tuple[Outside, ...] = ()  # all of the host that it reaches
    together_with: str = ""  # the id of a running container whose loopback it shares
