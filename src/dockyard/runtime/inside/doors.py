"""A connection to what listens inside a container.

Knows nothing about who wants it. A server bound to 127.0.0.1 alone is not reached, as in any container: in namespaces
another address of the loopback is asked, in a plain container the server's own entry says so.
"""

from __future__ import annotations

import errno
import json
import os
import select
import socket

__all__ = ["dial"]

_PATIENCE = 0.05  # an answer of the loopback is there at once, unless the server's queue is full
_FROM_OUTSIDE = "127.0.0.2"


def dial(port: int, ports: str) -> socket.socket:
    """Connect to a port; OSError where nobody listens there for others than itself.

    Where the server is slow to take it, the connection is handed over as it is, on its way.
    """
    host, number = _mapped(port, ports) if ports else (_FROM_OUTSIDE, port)
    connection = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    connection.setblocking(False)
    refused = connection.connect_ex((host, number))
    if refused == errno.EINPROGRESS and select.select([], [connection], [], _PATIENCE)[1]:
        refused = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if refused not in (0, errno.EINPROGRESS):
        connection.close()
        raise OSError(refused, os.strerror(refused))
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
