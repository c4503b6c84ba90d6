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
from typing import Any

__all__ = ["dial"]

_PATIENCE = 0.05  # an answer of the loopback is there at once, unless the server's queue is full
_FROM_OUTSIDE, _FROM_INSIDE = "127.0.0.2", "127.0.0.1"


def dial(port: int, ports: str) -> socket.socket:
    """Connect to a port; OSError where nobody listens there for others than itself.

    It is EADDRNOTAVAIL where somebody listens, and for itself only. Where the server is slow to take the connection,
    that is handed over as it is, on its way.
    """
    try:
        return _from_outside(port, ports)
    except OSError:
        if not _answers_inside(port, ports):
            raise
    try:
        return _from_outside(port, ports)  # it may have begun between the two
    except OSError:
        raise OSError(errno.EADDRNOTAVAIL, "it listens on 127.0.0.1 only") from None


def _from_outside(port: int, ports: str) -> socket.socket:
    if not ports:
        return _connected(_FROM_OUTSIDE, port)
    entry = _entry(port, ports)
    if entry["own"]:
        raise ConnectionRefusedError(errno.ECONNREFUSED, "it listens on 127.0.0.1 only")
    return _connected(entry["address"], entry["port"])


def _answers_inside(port: int, ports: str) -> bool:
    try:
        entry: dict[str, Any] = _entry(port, ports) if ports else {"address": _FROM_INSIDE, "port": port}
        _connected(entry["address"], entry["port"]).close()
    except OSError:
        return False
    return True


def _connected(host: str, port: int) -> socket.socket:
    connection = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    connection.setblocking(False)
    refused = connection.connect_ex((host, port))
    if refused == errno.EINPROGRESS and select.select([], [connection], [], _PATIENCE)[1]:
        refused = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if refused not in (0, errno.EINPROGRESS):
        connection.close()
        raise OSError(refused, os.strerror(refused))
    return connection


def _entry(port: int, ports: str) -> dict[str, Any]:
    """What a plain container's server has written down: where it really listens, and whether for itself only."""
    try:
        with open(f"{ports}/{port}") as file:
            return json.load(file)  # type: ignore[no-any-return]
    except (OSError, ValueError):
        raise ConnectionRefusedError(errno.ECONNREFUSED, "nobody listens") from None
