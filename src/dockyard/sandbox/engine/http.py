"""One HTTP/1.1 connection: requests read and answers written with h11 over asyncio streams.

Knows nothing about Docker. Bodies are streams in both directions, so that memory stays constant.
"""

from __future__ import annotations

import array
import asyncio
import fcntl
import json
import termios
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, unquote

import h11

from dockyard.errors import EngineError
from dockyard.sandbox.strict_json import read_json

__all__ = ["Answer", "Connection", "Request", "Takeover", "Wire", "as_json", "as_message", "members"]

_CHUNK = 1 << 16
_LARGEST_SMALL_BODY = 1 << 20
_REASONS = {status.value: status.phrase.encode() for status in HTTPStatus}


@dataclass(frozen=True, slots=True)
class Request:
    """One request: path without its query, unquoted; headers in lower case; the body as a stream to read once."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: AsyncIterator[bytes]

    def first(self, name: str, default: str = "") -> str:
        """The first value of a query parameter."""
        return self.query.get(name, [default])[0]

    def wants(self, name: str) -> bool:
        """A query parameter as Docker reads truth: anything but empty, 0, no, false and none."""
        return self.first(name).strip().lower() not in ("", "0", "no", "false", "none")

    async def read(self) -> bytes:
        """A small body, whole; ValueError beyond one megabyte."""
        content = b""
        async for chunk in self.body:
            content += chunk
            if len(content) > _LARGEST_SMALL_BODY:
                raise ValueError("the request's body is larger than one megabyte")
        return content


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: a body of bytes, or a stream of them; one that `follows` ends when the client goes away."""

    status: int = 200
    body: bytes | AsyncIterator[bytes] = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    follows: bool = False


@dataclass(frozen=True, slots=True)
class Takeover:
    """An answer after which the connection carries raw bytes both ways, until `serve` returns."""

    serve: Callable[[Wire], Awaitable[None]]
    content_type: str


class Wire:
    """A connection that was taken over; `unread` is what came behind the request."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, unread: bytes) -> None:
        self._reader = reader
        self._writer = writer
        self._unread = unread

    async def read(self) -> bytes:
        """What the client sends next; nothing once it has closed its side."""
        unread, self._unread = self._unread, b""
        return unread or await self._reader.read(_CHUNK)

    async def send(self, data: bytes) -> None:
        """Send bytes; ConnectionError where the client has gone."""
        self._writer.write(data)
        await self._writer.drain()

    async def until_read(self) -> None:
        """Wait, 0.2 s at most, until all is read: docker-py loses what comes in one packet with the head."""
        for _ in range(100):
            if not _unread_by_peer(self._writer):
                return
            await asyncio.sleep(0.002)


def _unread_by_peer(writer: asyncio.StreamWriter) -> bool:
    waiting = array.array("i", [0])
    fcntl.ioctl(writer.get_extra_info("socket").fileno(), termios.TIOCOUTQ, waiting)
    return waiting[0] > 0


def as_json(value: Any, status: int = 200) -> Answer:
    """An answer in JSON."""
    return Answer(status, json.dumps(value).encode() + b"\n", {"Content-Type": "application/json"})


def as_message(status: int, message: str) -> Answer:
    """A refusal as every Docker client shows it."""
    return as_json({"message": message}, status)


def members(text: str | bytes, what: str) -> dict[str, Any]:
    """The JSON object that a client sent as `what`; nothing and null are an empty one. Raises EngineError."""
    try:
        value = read_json(text) if text else {}
    except ValueError as error:
        raise EngineError(f"{what} is not JSON: {error}") from error
    if value is not None and not isinstance(value, dict):
        raise EngineError(f"{what} is not a JSON object")
    return value or {}


class Connection:
    """One client's connection; requests come one after another."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._protocol = h11.Connection(h11.SERVER)

    async def request(self) -> Request | None:
        """The next request, or None when the client has gone; h11.RemoteProtocolError where it is malformed."""
        event = await self._event()
        if not isinstance(event, h11.Request):
            return None
        path, _, asked = event.target.decode("ascii", "replace").partition("?")
        headers = {name.decode("ascii"): value.decode("latin-1") for name, value in event.headers}
        query = parse_qs(asked, keep_blank_values=True)
        return Request(event.method.decode("ascii"), unquote(path), query, headers, self._body())

    async def _event(self) -> object:
        while (event := self._protocol.next_event()) is h11.NEED_DATA:
            if self._protocol.they_are_waiting_for_100_continue:
                await self._send(h11.InformationalResponse(status_code=100, headers=[]))
            self._protocol.receive_data(await self._reader.read(_CHUNK))
        return event

    async def _body(self) -> AsyncIterator[bytes]:
        while isinstance(event := await self._event(), h11.Data):
            yield bytes(event.data)

    async def answer(self, answer: Answer, method: str) -> None:
        """Write an answer; a stream goes out chunk by chunk as it comes."""
        length = {"Content-Length": str(len(answer.body))} if isinstance(answer.body, bytes) else {}
        headers = {"Server": "Dockyard", **answer.headers, **length}
        reason = _REASONS.get(answer.status, b"")
        await self._send(h11.Response(status_code=answer.status, headers=list(headers.items()), reason=reason))
        if isinstance(answer.body, bytes):
            await self._send(h11.Data(data=answer.body if method != "HEAD" else b""))
        elif answer.follows:
            await self._follow(answer.body)
        else:
            async for chunk in answer.body:
                await self._send(h11.Data(data=chunk))
        await self._send(h11.EndOfMessage())

    async def _follow(self, body: AsyncIterator[bytes]) -> None:
        """Send a stream that may be silent for long; ConnectionResetError once the client has gone."""
        hearing = asyncio.ensure_future(self._reader.read(_CHUNK))
        try:
            while (chunk := await self._next(body, hearing)) is not None:
                await self._send(h11.Data(data=chunk))
        finally:
            hearing.cancel()
            await asyncio.wait((hearing,))
            if not hearing.cancelled():
                self._protocol.receive_data(hearing.result())

    async def _next(self, body: AsyncIterator[bytes], hearing: asyncio.Future[bytes]) -> bytes | None:
        coming = asyncio.ensure_future(anext(body, None))
        if not hearing.done():
            await asyncio.wait((coming, hearing), return_when=asyncio.FIRST_COMPLETED)
        if not coming.done() and hearing.done() and not hearing.result():
            coming.cancel()
            await asyncio.wait((coming,))
            raise ConnectionResetError("the client has gone")
        return await coming

    async def take_over(self, answer: Takeover, upgrade: str) -> None:
        """Hand the connection over; 101 to a client that asked for an upgrade, 200 to an older one."""
        while self._protocol.their_state is h11.SEND_BODY:
            await self._event()
        first = "101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp" if upgrade else "200 OK"
        head = f"HTTP/1.1 {first}\r\nContent-Type: {answer.content_type}\r\n\r\n"
        wire = Wire(self._reader, self._writer, self._protocol.trailing_data[0])
        await wire.send(head.encode())
        await wire.until_read()
        await answer.serve(wire)

    async def _send(self, event: h11.Event) -> None:
        self._writer.write(self._protocol.send(event) or b"")
        await self._writer.drain()

    @property
    def answered(self) -> bool:
        """Whether the present request's answer has begun."""
        return self._protocol.our_state is not h11.SEND_RESPONSE and self._protocol.our_state is not h11.IDLE

    async def ready_for_next(self) -> bool:
        """Read what is left of the request's body and say whether the client may send another request."""
        while self._protocol.their_state is h11.SEND_BODY:
            await self._event()
        if self._protocol.our_state is not h11.DONE or self._protocol.their_state is not h11.DONE:
            return False
        self._protocol.start_next_cycle()
        return True

    async def close(self) -> None:
        """Close; a client that has gone already is no error."""
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except OSError:
            return
