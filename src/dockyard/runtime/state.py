"""How a container is: its status, exit code, health, and what it uses.

Knows nothing about processes: values that a container replaces as things happen to it.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Probe", "Process", "State", "Usage"]


@dataclass(frozen=True, slots=True)
class Probe:
    """One run of a health check: when (seconds since 1970), its exit code, what it printed (at most 4096 bytes)."""

    started_at: float
    finished_at: float
    exit_code: int
    output: str


@dataclass(frozen=True, slots=True)
class State:
    """Docker's state of a container; times are seconds since 1970, 0.0 where it has not happened."""

    status: str = "created"  # created, running, paused, exited, dead
    pid: int = 0
    exit_code: int = 0
    out_of_memory: bool = False
    started_at: float = 0.0
    finished_at: float = 0.0
    error: str = ""
    health: str = ""  # starting, healthy, unhealthy; empty where there is no health check
    failing_streak: int = 0
    probes: tuple[Probe, ...] = ()  # the last five

    @property
    def running(self) -> bool:
        """Whether its main process lives, held or not."""
        return self.status in ("running", "paused")


@dataclass(frozen=True, slots=True)
class Usage:
    """What all processes of a container use: bytes now and at most so far, seconds of CPU since it started."""

    memory: int = 0
    memory_peak: int = 0
    cpu_seconds: float = 0.0
    processes: int = 0


@dataclass(frozen=True, slots=True)
class Process:
    """One process of a container: ids as it counts them, seconds of CPU, when it began (seconds since 1970)."""

    identifier: int
    parent: int
    cpu_seconds: float
    started_at: float
    command: str
