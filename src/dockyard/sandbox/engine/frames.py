"""What a container prints as Docker's clients read it: 8-byte headers before each piece, or raw for a terminal.

Knows nothing about where it comes from.
See the Docker Engine API, ContainerAttach, "stream format".
"""

from __future__ import annotations

import struct

__all__ = ["MULTIPLEXED", "RAW", "content_type", "framed"]

RAW, MULTIPLEXED = "application/vnd.docker.raw-stream", "application/vnd.docker.multiplexed-stream"
_HEADER = struct.Struct(">BxxxI")


def framed(stream: str, data: bytes, tty: bool) -> bytes:
    """One piece of `stdout`, or of anything else, which goes where stderr goes."""
    return data if tty else _HEADER.pack(1 if stream == "stdout" else 2, len(data)) + data


def content_type(tty: bool) -> str:
    """What the answer calls itself."""
    return RAW if tty else MULTIPLEXED
