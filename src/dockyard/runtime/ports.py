"""In a plain container's Python: a server's port becomes a free one of the loopback, and is written down.

Knows nothing about Dockyard: it is copied into the container's site-packages and must run on Python 3.9.
"""

from __future__ import annotations

import errno
import json
import os
import socket
from typing import Any

__all__ = ["use"]

_HOST = "host.docker.internal"
_EVERYWHERE = ("", "0.0.0.0", "::", "localhost", "::1")


def _is_tcp(one: socket.socket) -> bool:
    return one.family in (socket.AF_INET, socket.AF_INET6) and one.type == socket.SOCK_STREAM


def _is_own(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")


class _Ports:
    """The folder of ports: a file for each, named as the container says it."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def read(self, port: int) -> Any:
        """What listens there, or None."""
        try:
            with open(os.path.join(self._folder, str(port))) as file:
                return json.load(file)
        except (OSError, ValueError):
            return None

    def write(self, port: int, entry: dict[str, Any]) -> None:
        """Say what listens there."""
        path = os.path.join(self._folder, str(port))
        with open(f"{path}.{os.getpid()}", "w") as file:
            json.dump(entry, file)
        os.replace(file.name, path)

    def taken(self, entry: Any) -> bool:
        """Whether it still listens."""
        try:
            socket.create_connection((entry["address"], entry["port"]), timeout=1).close()
        except OSError:
            return False
        return True


def use(folder: str) -> None:
    """From now on every socket of this process is bound and connected by the ports of this folder."""
    ports = _Ports(folder)
    said: dict[int, tuple[str, int]] = {}  # by the port it really has
    real: Any = socket.socket
    bind, connect, connect_ex, getsockname = real.bind, real.connect, real.connect_ex, real.getsockname

    def mapped_bind(self: socket.socket, address: Any) -> None:
        if not _is_tcp(self):
            bind(self, address)
            return
        host, port = address[0], int(address[1])
        loopback = "::1" if self.family == socket.AF_INET6 else "127.0.0.1"
        entry = ports.read(port) if port else None
        shared = entry and self.getsockopt(socket.SOL_SOCKET, getattr(socket, "SO_REUSEPORT", socket.SO_REUSEADDR))
        if entry and not shared and ports.taken(entry):
            raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))
        bind(self, (loopback, entry["port"] if entry and shared else 0))
        if port:
            found = getsockname(self)[1]
            said[found] = (host or "0.0.0.0", port)
            ports.write(port, {"address": loopback, "port": found, "own": _is_own(host)})

    def mapped(self: socket.socket, address: Any) -> Any:
        if not _is_tcp(self) or not (address[0] in _EVERYWHERE or address[0].startswith("127.")):
            return address
        entry = ports.read(int(address[1]))
        if entry is None or (":" in entry["address"]) != (self.family == socket.AF_INET6):
            return address
        return (entry["address"], entry["port"])

    def mapped_name(self: socket.socket) -> Any:
        name = getsockname(self)
        if not _is_tcp(self) or name[1] not in said:
            return name
        return (*said[name[1]], *name[2:])

    lookup: Any = socket.getaddrinfo
    replaced: Any = socket
    replaced.getaddrinfo = lambda host, *more, **named: lookup("127.0.0.1" if host == _HOST else host, *more, **named)
    real.bind = mapped_bind
    real.connect = lambda self, address: connect(self, mapped(self, address))
    real.connect_ex = lambda self, address: connect_ex(self, mapped(self, address))
    real.getsockname = mapped_name
