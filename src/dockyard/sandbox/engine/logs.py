"""`docker logs`: what a container has printed, and with -f what it goes on to print.

Knows nothing about how it is kept.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

from dockyard.errors import EngineError
from dockyard.runtime.container import Container
from dockyard.runtime.log import Record
from dockyard.sandbox.engine.daemon import Daemon
from dockyard.sandbox.engine.frames import content_type, framed
from dockyard.sandbox.engine.http import Answer, Request
from dockyard.sandbox.engine.moments import moment

__all__ = ["logs"]

_ENDLESS = float("inf")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which part of a log: moments in seconds since 1970, `tail` the number of last lines (None: all)."""

    stdout: bool
    stderr: bool
    follow: bool
    timestamps: bool
    since: float
    until: float
    tail: int | None


async def logs(daemon: Daemon, request: Request, name: str) -> Answer:
    """`docker logs`, as a stream."""
    container = daemon.containers.find(name)
    wanted = _wanted(request)
    tty = container.wanted.tty
    return Answer(200, _lines(container, wanted, tty), {"Content-Type": content_type(tty)}, follows=wanted.follow)


def _wanted(request: Request) -> _Wanted:
    stdout, stderr = request.wants("stdout"), request.wants("stderr")
    if not (stdout or stderr):
        raise EngineError("Bad parameters: you must choose at least one stream")
    now = time.time()
    return _Wanted(
        stdout,
        stderr,
        follow=request.wants("follow"),
        timestamps=request.wants("timestamps"),
        since=moment(request.first("since"), now),
        until=moment(request.first("until"), now) or _ENDLESS,
        tail=_tail(request.first("tail", "all")),
    )


def _tail(text: str) -> int | None:
    """Docker takes anything that is no number as all."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


async def _lines(container: Container, wanted: _Wanted, tty: bool) -> AsyncIterator[bytes]:
    async for records in container.log.batches(
        stdout=wanted.stdout, stderr=wanted.stderr, since=wanted.since, tail=wanted.tail, goes_on=wanted.follow
    ):
        shown = [record for record in records if record.time <= wanted.until]
        stamped = _stamped if wanted.timestamps else _bare
        yield b"".join(framed(record.stream, stamped(record), tty) for record in shown)
        if len(shown) < len(records):
            return


def _bare(record: Record) -> bytes:
    return record.data


def _stamped(record: Record) -> bytes:
    """RFC 3339 with nine digits, as Docker writes it."""
    seconds, _, nanoseconds = f"{record.time:.9f}".partition(".")
    when = datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{when}.{nanoseconds}Z ".encode() + record.data
