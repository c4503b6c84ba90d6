"""What a container finds of its host.

Knows nothing about containers.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["HOST_INSIDE", "Outside"]

#: Where a container with a network of its own finds its host, which it calls `host.docker.internal`.
HOST_INSIDE = "127.0.0.254"


@dataclass(frozen=True, slots=True)
class Outside:
    """A port of the host's loopback that a container finds at this address of its own; in *plain* it has the host's."""

    port: int
    address: str = "127.0.0.1"
