"""A container's log on disk: one record a line, with its time and stream.

Knows nothing about who reads it. A line longer than 16 KB, or one whose end is awaited, is several records.
"""

from __future__ import annotations

import os
import struct
import time
from typing import NamedTuple

__all__ = ["HEADER_BYTES", "STREAMS", "Record", "Writer", "unpack"]

STREAMS = ("stdout", "stderr", "dockyard")
_HEADER = struct.Struct(">QBI")
HEADER_BYTES = _HEADER.size
_LONGEST = 16 * 1024


class Record(NamedTuple):
    """One line of one stream, or a piece of one; time in seconds since 1970. `dockyard` is what Dockyard says."""

    time: float
    stream: str
    data: bytes


class Writer:
    """Takes what a container prints, in pieces, and appends it to a log."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._unfinished: dict[str, bytes] = {}

    @property
    def unfinished(self) -> bool:
        """Whether the beginning of a line is held back."""
        return bool(self._unfinished)

    def take(self, stream: str, data: bytes) -> None:
        """Write the lines that are whole, hold the rest back."""
        *lines, rest = (self._unfinished.pop(stream, b"") + data).split(b"\n")
        for line in lines:
            self._write(stream, line + b"\n")
        if len(rest) >= _LONGEST:
            self._write(stream, rest)
        elif rest:
            self._unfinished[stream] = rest

    def finish(self) -> None:
        """Write what was held back as it is: a prompt, or the last words."""
        for stream, rest in self._unfinished.items():
            self._write(stream, rest)
        self._unfinished.clear()

    def _write(self, stream: str, data: bytes) -> None:
        now = time.time_ns()
        for at in range(0, len(data), _LONGEST):
            piece = data[at : at + _LONGEST]
            os.write(self._descriptor, _HEADER.pack(now, STREAMS.index(stream), len(piece)) + piece)


def unpack(data: bytes) -> tuple[list[Record], int]:
    """The whole records at the beginning of `data`, and how many bytes they take."""
    records, at = [], 0
    while at + _HEADER.size <= len(data):
        when, stream, length = _HEADER.unpack_from(data, at)
        end = at + _HEADER.size + length
        if end > len(data):
            break
        records.append(Record(when / 1e9, STREAMS[stream], data[end - length : end]))
        at = end
    return records, at
