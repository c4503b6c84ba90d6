"""A connection to what listens inside a container.

Knows nothing about who wants it. A server bound to 127.0.0.1 alone is not reached, as in any container: in namespaces
another address of the loopback is asked, in a plain container the server's own entry says so.
"""

from __future__ import annotations

import errno
import json
import socket

__all__ = ["dial"]

_PATIENCE = 5.0
_FROM_OUTSIDE = "127.0.0.2"


def dial(port: int, ports: str) -> socket.socket:
    """Connect to a port; OSError where nobody listens there for others than itself."""
    address = _mapped(port, ports) if ports else (_FROM_OUTSIDE, port)
    connection = socket.create_connection(address, timeout=_PATIENCE)
    connection.setblocking(False)
    return connection


def _mapped(port: int, ports: str) -> tuple[str, int]:
    try:
        with open(f"{ports}/{port}") as file:
            entry = json.load(file)
    except (OSError, ValueError):
        raise ConnectionRefusedError(errno.ECONNREFUSED, "nobody listens") from None
    if entry["own"]:
        raise ConnectionRefusedError(errno.ECONNREFUSED, "it listens on 127.0.0.1 only")
    return entry["address"], entry["port"]
