"""One request carried to a target and its answer carried back: both ways as they flow, piece by piece.

Knows nothing about accounts, rules or which target is right.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import h11

from dockyard.cloud.elbv2.entrance import Spot
from dockyard.sandbox.balancer.incoming import Headers, Incoming, end_to_end
from dockyard.sandbox.balancer.upstream import BrokenError, Line, Upstreams

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

#: A request with one of these methods and no body may be sent again when a kept connection turns out to be closed.
AGAIN = ("GET", "HEAD", "OPTIONS")
#: Statuses that have a meaning.
STATUSES = range(200, 600)


class LeftError(Exception):
    """The client left before its answer was whole."""


class IdleError(Exception):
    """Nothing was sent or received for the idle time-out. `asking`: it was the client's turn, its body is not whole."""

    def __init__(self, *, asking: bool) -> None:
        super().__init__()
        self.asking = asking


class Exchange:
    """A request on its way. `seconds` is how long the target took to begin its answer."""

    def __init__(self, incoming: Incoming, receive: Receive, send: Send, idle: float) -> None:
        self._incoming = incoming
        self._receive = receive
        self._send = send
        self._idle = idle
        self._loop = asyncio.get_running_loop()
        self._line: Line | None = None
        self._sent_whole = not incoming.has_body
        self._left = self._timed_out = False
        #: the status of the answer that has begun to go to the client, 0 before
        self.begun = 0
        self.seconds = 0.0

    async def over(self, upstreams: Upstreams, spot: Spot, headers: Headers, extra: Headers) -> None:
        """Carry it. `headers` go to the target, `extra` to the client beside the target's.

        Raises NobodyError and OSError where no connection is to be had, LeftError, IdleError and BrokenError where no
        answer came, and BrokenError where it broke off after it had begun: the client's connection must end.
        """
        request = h11.Request(method=self._incoming.method, target=self._incoming.target(), headers=headers)
        line = await upstreams.line(spot)
        try:
            await self._with(line, upstreams, spot, request, extra)
            return
        except BrokenError as error:
            safe = line.used and self._incoming.method in AGAIN and not self._incoming.has_body
            if not safe or error.answered or self.begun:
                raise
        await self._with(await upstreams.line(spot, fresh=True), upstreams, spot, request, extra)

    async def _with(self, line: Line, upstreams: Upstreams, spot: Spot, request: h11.Request, extra: Headers) -> None:
        self._line = line
        self._last = self._loop.time()
        self._timer = self._loop.call_later(self._idle, self._look)
        asked = time.perf_counter()
        line.ask(request, whole=self._sent_whole)
        client = self._loop.create_task(self._client(line))
        try:
            await self._answer(line, asked, extra)
        except (BrokenError, h11.LocalProtocolError) as error:  # the latter: an answer that may not be passed on
            line.drop()
            self._tell_why()
            raise error if isinstance(error, BrokenError) else BrokenError(str(error), answered=True) from None
        except BaseException:
            line.drop()
            raise
        else:
            upstreams.keep(spot, line)
        finally:
            self._timer.cancel()
            client.cancel()

    def _tell_why(self) -> None:
        """Of a broken exchange that the target did not break, raise what did."""
        if self._left:
            raise LeftError from None
        if self._timed_out and not self.begun:
            raise IdleError(asking=not self._sent_whole) from None

    async def _answer(self, line: Line, asked: float, extra: Headers) -> None:
        head = await line.head()
        self.seconds = time.perf_counter() - asked
        self._last = self._loop.time()
        if head.status_code not in STATUSES:
            raise BrokenError(f"it answered with the status {head.status_code}, which HTTP does not know")
        headers = [one for one in end_to_end(head.headers.raw_items()) if one[0].lower() != b"date"]
        self.begun = head.status_code
        await self._send({"type": "http.response.start", "status": head.status_code, "headers": headers + extra})
        last = False
        while not last:
            data, last = await line.piece()
            self._last = self._loop.time()
            if data or last:
                await self._send({"type": "http.response.body", "body": data, "more_body": not last})

    async def _client(self, line: Line) -> None:
        """Carry the request's body to the target, then wait for the client to leave: it ends the request there too."""
        while True:
            message = await self._receive()
            if message["type"] != "http.request":
                self._left = True
                line.drop()
                return
            if self._sent_whole:
                continue
            self._last = self._loop.time()
            last = not message.get("more_body")
            with contextlib.suppress(
                OSError, h11.LocalProtocolError
            ):  # what the target answers, if anything, is read by the other task
                await line.send(message["body"], last=last)
            self._sent_whole = last

    def _look(self) -> None:
        """Whether the connection has been idle for too long."""
        rest = self._last + self._idle - self._loop.time()
        if rest > 0:
            self._timer = self._loop.call_later(rest, self._look)
            return
        self._timed_out = True
        if self._line is not None:
            self._line.drop()
