"""A port and the server on it: a bound socket, applications made when first asked, an end that lets requests finish.

Knows nothing about what is served.
"""

from __future__ import annotations

import contextlib
import errno
import socket
from collections.abc import Callable, Iterator

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from dockyard.errors import SandboxError
from dockyard.sandbox.edge import App, Receive, Scope, Send

__all__ = ["Lazy", "Server", "listen"]

#: Linux has it.
_AT_ONCE: int | None = getattr(socket, "TCP_QUICKACK", None)


class Lazy:
    """An application made at its first request: what a command does not need is not loaded."""

    def __init__(self, make: Callable[[], App]) -> None:
        self._make = make
        self._made: App | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, and be made for it if nothing asked before."""
        self._made = self._made or self._make()
        await self._made(scope, receive, send)

    def close(self) -> None:
        """Close what was made, if anything was."""
        if self._made is not None:
            self._made.close()  # type: ignore[attr-defined]


class _Prompt(H11Protocol):
    """What came is acknowledged at once.

    urllib3 sends a POST by way of a proxy in two parts, the second when the first is acknowledged; the kernel of a
    connection in use waits 40 ms with that: a prediction asked by a `requests.Session` took 45 ms instead of 4.
    """

    def data_received(self, data: bytes) -> None:
        """Take what came."""
        super().data_received(data)
        if _AT_ONCE is not None:  # it holds for a while only
            with contextlib.suppress(OSError):  # it has just ended
                self.transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, _AT_ONCE, 1)


class Server(uvicorn.Server):
    """uvicorn that says when it is ready and leaves the signals to us (its own handling would kill the process)."""

    def __init__(self, app: App, ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app, http=_Prompt, access_log=False, lifespan="off", interface="asgi3", server_header=False, ws="none",
                timeout_graceful_shutdown=3,
                # skopeo tries TLS first, of which uvicorn would warn the learner at every call
                log_level="error",
            )
        )  # fmt: skip
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, and say so."""
        await super().startup(sockets=sockets)
        self._ready()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield

    def stop(self) -> None:
        """Finish the running requests and end."""
        self.should_exit = True


def listen(address: str, port: int) -> socket.socket:
    """A bound socket. Raises SandboxError when the port is taken or the address is not ours."""
    # The protocol is named because asyncio turns Nagle's delay off only where it is: 40 ms a request otherwise.
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address, port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise SandboxError(
                f"Port {port} on {address} is taken.",
                next_step="Stop what listens there (is another sandbox running?) or choose another with --port.",
            ) from error
        raise SandboxError(
            f"Dockyard cannot listen on {address} port {port}: {error.strerror}.",
            next_step="Choose another with --host and --port.",
        ) from error
    return listener
