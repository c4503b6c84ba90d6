"""Messages between the sandbox and a shim: JSON frames with file descriptors over one unix socket.

Knows nothing about what they say. A descriptor that is sent is closed here once it has left.
"""

from __future__ import annotations

import json
import os
import socket
from collections import deque
from typing import Any

__all__ = ["Channel"]

_CHUNK = 1 << 16
_MOST_DESCRIPTORS = 16


class Channel:
    """One end. Nothing blocks: what does not leave at once waits for `flush`."""

    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        self._connection = connection
        self._arrived = bytearray()
        self._descriptors: deque[int] = deque()
        self._leaving: deque[tuple[bytes, tuple[int, ...]]] = deque()

    def fileno(self) -> int:
        """The socket's descriptor, for a selector."""
        return self._connection.fileno()

    @property
    def waiting(self) -> bool:
        """Whether something has not left yet."""
        return bool(self._leaving)

    def send(self, message: dict[str, Any], descriptors: tuple[int, ...] = ()) -> None:
        """Send a message, and descriptors with it."""
        body = json.dumps({**message, "descriptors": len(descriptors)}).encode()
        self._leaving.append((len(body).to_bytes(4, "big") + body, descriptors))
        self.flush()

    def flush(self) -> None:
        """Send what waits, as far as it goes; a peer that is gone takes everything."""
        while self._leaving:
            data, descriptors = self._leaving[0]
            try:
                sent = self._send(data, descriptors)
            except BlockingIOError:
                return
            except OSError:
                sent = len(data)
            for descriptor in descriptors:
                os.close(descriptor)
            if sent == len(data):
                self._leaving.popleft()
            else:
                self._leaving[0] = (data[sent:], ())

    def _send(self, data: bytes, descriptors: tuple[int, ...]) -> int:
        if descriptors:
            return socket.send_fds(self._connection, [data], descriptors)
        return self._connection.send(data)

    def receive(self) -> list[dict[str, Any]]:
        """What has arrived, each message with its `descriptors`; EOFError once the peer is gone."""
        try:
            data, descriptors, _, _ = socket.recv_fds(self._connection, _CHUNK, _MOST_DESCRIPTORS)
        except BlockingIOError:
            return []
        except OSError as error:
            raise EOFError from error
        if not data:
            raise EOFError
        for descriptor in descriptors:  # they arrive without the flag that keeps them from the commands we start
            os.set_inheritable(descriptor, False)
        self._arrived += data
        self._descriptors.extend(descriptors)
        return list(iter(self._next, None))

    def _next(self) -> dict[str, Any] | None:
        length = int.from_bytes(self._arrived[:4], "big") + 4
        if len(self._arrived) < max(length, 5):
            return None
        message: dict[str, Any] = json.loads(bytes(self._arrived[4:length]))
        del self._arrived[:length]
        message["descriptors"] = [self._descriptors.popleft() for _ in range(message["descriptors"])]
        return message

    def close(self) -> None:
        """Close this end, and every descriptor that has neither left nor been taken."""
        for _, descriptors in self._leaving:
            self._descriptors.extend(descriptors)
        for descriptor in self._descriptors:
            os.close(descriptor)
        self._leaving.clear()
        self._descriptors.clear()
        self._connection.close()
