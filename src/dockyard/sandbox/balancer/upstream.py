"""Connections to targets: dialled, kept for the next request, and the small HTTP/1.1 client that speaks on them.

Knows nothing about who asks or which target is right.
"""

from __future__ import annotations

import asyncio
import contextlib
import select
import time
from collections import deque
from collections.abc import Awaitable, Callable

import h11

from dockyard.cloud.elbv2.entrance import Spot

#: Gives a connection to a target's address and port. Raises ConnectionRefusedError (or another OSError) where nobody
#: listens there, and LookupError where no process stands behind the address.
Dial = Callable[[str, int], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]

#: Real seconds an Application Load Balancer tries to connect.
CONNECT_SECONDS = 10.0
#: A kept connection is used again within so many real seconds: servers close theirs after two at the earliest.
KEPT_SECONDS = 1.0
#: So many idle connections are kept for a target.
KEPT_MOST = 64
#: A target's answer may have so long a head: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/
LONGEST_HEAD = 32 * 1024
#: Read at once from a target: what an answer of any size costs in memory, some four times over.
PIECE = 64 * 1024


class BrokenError(Exception):
    """The target closed or broke the connection, or what it said is no HTTP. `answered`: some of an answer came."""

    def __init__(self, why: str, *, answered: bool = False) -> None:
        super().__init__(why)
        self.answered = answered


class NobodyError(Exception):
    """No process stands behind a target's address."""


async def nobody(address: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """The dial of a sandbox whose tasks are modelled: no process stands behind any address."""
    raise LookupError(f"no process stands behind {address}:{port}")


class Line:
    """A connection to a target, and how far the HTTP on it has come."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=LONGEST_HEAD)
        #: whether any of an answer to the present request came
        self._heard = False
        self.kept_at = 0.0
        self.used = False

    def ask(self, request: h11.Request, *, whole: bool) -> None:
        """Send a request's head; `whole`: no body follows."""
        self._heard = False
        data = self._http.send(request) or b""
        self._writer.write(data + (self._http.send(h11.EndOfMessage()) or b"") if whole else data)

    async def send(self, data: bytes, *, last: bool) -> None:
        """Send a piece of the request's body, and wait until there is room for the next. Raises OSError."""
        sent = (self._http.send(h11.Data(data)) or b"") if data else b""
        if last:
            sent += self._http.send(h11.EndOfMessage()) or b""
        self._writer.write(sent)
        await self._writer.drain()

    async def head(self) -> h11.Response:
        """The head of the answer; interim answers are passed over. Raises BrokenError."""
        while True:
            event = await self._event()
            if isinstance(event, h11.Response):
                return event
            if not isinstance(event, h11.InformationalResponse):
                raise BrokenError("it closed the connection without an answer")

    async def piece(self) -> tuple[bytes, bool]:
        """The next piece of the answer's body, and whether it is the last. Raises BrokenError."""
        event = await self._event()
        if isinstance(event, h11.EndOfMessage):
            return b"", True
        if not isinstance(event, h11.Data):
            raise BrokenError("it closed the connection within its answer", answered=True)
        following = self._next()  # most often all of it is here: then it goes out as one
        if isinstance(following, h11.Data):
            return bytes(event.data) + bytes(following.data), False
        return bytes(event.data), isinstance(following, h11.EndOfMessage)

    async def _event(self) -> object:
        while (event := self._next()) is h11.NEED_DATA:
            try:
                data = await self._reader.read(PIECE)
            except OSError as error:
                raise BrokenError(f"it broke the connection ({error.strerror})", answered=self._heard) from None
            if not data and not self._heard:
                raise BrokenError("it closed the connection without an answer")
            self._heard = True
            self._http.receive_data(data)
        return event

    def _next(self) -> object:
        try:
            return self._http.next_event()
        except h11.RemoteProtocolError as error:
            raise BrokenError(f"its answer is no HTTP ({error})", answered=True) from None

    def is_open(self) -> bool:
        """Whether a kept connection may be used again, as far as can be seen from here."""
        fresh = time.monotonic() - self.kept_at <= KEPT_SECONDS
        return fresh and not self._reader.at_eof() and not self._writer.is_closing() and self._is_silent()

    def _is_silent(self) -> bool:
        """Whether nothing has come on it, its end included: the loop may not have looked since."""
        looking = select.poll()
        looking.register(self._writer.get_extra_info("socket"), select.POLLIN)
        return not looking.poll(0)

    def rest(self) -> bool:
        """Be ready for the next request; whether that can be."""
        if self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE:
            return False
        try:
            self._http.start_next_cycle()
        except h11.LocalProtocolError:
            return False
        self.kept_at, self.used = time.monotonic(), True
        return not self._http.trailing_data[0]

    def drop(self) -> None:
        """End the connection at once: whoever reads or writes on it notices."""
        with contextlib.suppress(Exception):
            self._writer.transport.abort()


class Upstreams:
    """The connections to all targets."""

    def __init__(self, dial: Dial) -> None:
        self._dial = dial
        self._kept: dict[tuple[str, int], deque[Line]] = {}

    async def line(self, spot: Spot, *, fresh: bool = False) -> Line:
        """A kept connection or (or with `fresh`) a new one. Raises LookupError, OSError (TimeoutError is one)."""
        kept = self._kept.get((spot.address, spot.port))
        while kept and not fresh:
            line = kept.pop()
            if line.is_open():
                return line
            line.drop()
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                return Line(*await self._dial(spot.address, spot.port))
        except LookupError:
            raise NobodyError from None

    def keep(self, spot: Spot, line: Line) -> None:
        """Keep a connection whose answer has come for the next request, where both sides allow it."""
        kept = self._kept.setdefault((spot.address, spot.port), deque())
        if not line.rest():
            line.drop()
            return
        kept.append(line)
        while kept and (len(kept) > KEPT_MOST or not kept[0].is_open()):
            kept.popleft().drop()

    def close(self) -> None:
        """End all kept connections."""
        for kept in self._kept.values():
            for line in kept:
                line.drop()
        self._kept.clear()
