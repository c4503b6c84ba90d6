"""What a container has printed: read back, or followed while it goes on.

Knows nothing about processes: a shim appends to the file and somebody says that there is more.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path
from typing import IO

from dockyard.runtime.inside.records import HEADER_BYTES, Record, Writer, unpack

__all__ = ["Log", "Record"]

_CHUNK = 1 << 20


class Log:
    """One container's log. Streams are `stdout`, `stderr` and `dockyard`, which goes where stderr goes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._news = asyncio.Event()
        self._ended = True
        self._beginnings = 0
        path.touch(mode=0o600)

    def begin(self) -> None:
        """The container runs: readers who follow wait for more."""
        self._ended = False
        self._beginnings += 1

    def grown(self) -> None:
        """Something was appended."""
        self._news.set()
        self._news = asyncio.Event()

    def end(self) -> None:
        """Nothing more comes until the container is started again."""
        self._ended = True
        self.grown()

    def say(self, sentence: str) -> None:
        """Append a sentence of Dockyard's own."""
        with self.path.open("ab", buffering=0) as file:
            Writer(file.fileno()).take("dockyard", f"dockyard: {sentence}\n".encode())
        self.grown()

    def read(
        self,
        *,
        stdout: bool = True,
        stderr: bool = True,
        since: float = 0.0,
        until: float = float("inf"),
        tail: int | None = None,
    ) -> list[Record]:
        """What is there, whole lines joined; times in seconds since 1970, `tail` the number of last lines."""
        records, _ = unpack(self.path.read_bytes())
        wanted = [each for each in _joined(records) if _is_wanted(each, stdout, stderr) and since <= each.time <= until]
        return wanted if tail is None else wanted[max(0, len(wanted) - tail) :]

    @property
    def size(self) -> int:
        """Bytes so far: where a reader who wants only what is still to come begins."""
        return self.path.stat().st_size

    async def batches(
        self,
        *,
        stdout: bool = True,
        stderr: bool = True,
        since: float = 0.0,
        tail: int | None = None,
        start: int = 0,
        goes_on: bool = True,
        from_birth: bool = False,
    ) -> AsyncIterator[list[Record]]:
        """What is there from byte `start` on, then what comes, as it comes (a line may come in pieces).

        It ends with the container, or where it does not `goes_on`; `from_birth` waits for one that was not started
        yet. Memory stays constant.
        """
        beginnings = self._beginnings if from_birth else -1
        with self.path.open("rb") as file:  # held open: what was printed can be read while a container is removed
            at = start if tail is None else _last(file, tail, lambda each: _is_wanted(each, stdout, stderr))
            while True:
                news, over = self._news, not goes_on or (self._ended and beginnings != self._beginnings)
                records, at = _after(file, at)
                if wanted := [one for one in records if _is_wanted(one, stdout, stderr) and one.time >= since]:
                    yield wanted
                if not records and over:
                    return
                if not records:
                    await news.wait()

    async def follow(
        self, *, stdout: bool = True, stderr: bool = True, since: float = 0.0, tail: int | None = None
    ) -> AsyncIterator[Record]:
        """The same, record by record."""
        async for records in self.batches(stdout=stdout, stderr=stderr, since=since, tail=tail):
            for record in records:
                yield record


def _last(file: IO[bytes], lines: int, wanted: Callable[[Record], bool]) -> int:
    """Where the last so many lines begin."""
    begin: deque[int] = deque(maxlen=lines)
    whole: dict[str, bool] = {}
    at = 0
    while (found := _after(file, at))[0]:
        for record in found[0]:
            if wanted(record) and whole.get(record.stream, True):
                begin.append(at)
            whole[record.stream] = record.data.endswith(b"\n")
            at += HEADER_BYTES + len(record.data)
    return begin[0] if begin else at


def _after(file: IO[bytes], at: int) -> tuple[list[Record], int]:
    file.seek(at)
    records, taken = unpack(file.read(_CHUNK))
    return records, at + taken


def _is_wanted(record: Record, stdout: bool, stderr: bool) -> bool:
    return stdout if record.stream == "stdout" else stderr


def _joined(records: Iterable[Record]) -> list[Record]:
    """Pieces of a line put together, with the time of the first."""
    lines: list[Record] = []
    unfinished: dict[str, int] = {}
    for record in records:
        at = unfinished.pop(record.stream, None)
        if at is None:
            at = len(lines)
            lines.append(record)
        else:
            lines[at] = lines[at]._replace(data=lines[at].data + record.data)
        if not record.data.endswith(b"\n"):
            unfinished[record.stream] = at
    return lines
