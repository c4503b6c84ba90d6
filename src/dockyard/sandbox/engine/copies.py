"""A container's files over the wire: `docker cp` both ways, `docker diff`, `docker export`.

Knows nothing about where files lie.
See the Docker Engine API, ContainerArchiveInfo, ContainerArchive and PutContainerArchive.
"""

from __future__ import annotations

import asyncio
import base64
import json
import stat
from collections.abc import AsyncIterator, Iterator

from dockyard.errors import EngineError
from dockyard.runtime.contents import Contents, Status
from dockyard.sandbox.engine.daemon import Daemon
from dockyard.sandbox.engine.http import Answer, Request, as_json
from dockyard.sandbox.engine.moments import written
from dockyard.sandbox.engine.receiving import received

__all__ = ["changes", "exported", "packed", "status", "unpacked"]

_TAR = {"Content-Type": "application/x-tar"}
#: Go's os.FileMode has the kind of a file in its upper bits
_GO_BITS = {
    stat.S_IFDIR: 1 << 31, stat.S_IFLNK: 1 << 27, stat.S_IFBLK: 1 << 26, stat.S_IFIFO: 1 << 25,
    stat.S_IFSOCK: 1 << 24, stat.S_IFCHR: 1 << 26 | 1 << 21,
}  # fmt: skip
_GO_EXTRAS = {stat.S_ISUID: 1 << 23, stat.S_ISGID: 1 << 22, stat.S_ISVTX: 1 << 20}


def _path(request: Request) -> str:
    path = request.first("path")
    if not path:
        raise EngineError("bad parameter: 'path' cannot be empty")
    return path


async def _contents(daemon: Daemon, name: str) -> Contents:
    return await daemon.containers.find(name).contents()


async def status(daemon: Daemon, request: Request, name: str) -> Answer:
    """What is at a path, in a header: clients ask before they copy."""
    path, contents = _path(request), await _contents(daemon, name)
    return Answer(200, b"", _described(await asyncio.to_thread(contents.status, path)))


def _described(found: Status) -> dict[str, str]:
    shape = {
        "name": found.name, "size": found.size, "mode": _go_mode(found.mode), "mtime": written(found.changed_at),
        "linkTarget": found.target,
    }  # fmt: skip
    return {"X-Docker-Container-Path-Stat": base64.b64encode(json.dumps(shape).encode()).decode()}


def _go_mode(mode: int) -> int:
    extras = sum(bit for flag, bit in _GO_EXTRAS.items() if mode & flag)
    return _GO_BITS.get(stat.S_IFMT(mode), 0) | extras | mode & 0o777


async def packed(daemon: Daemon, request: Request, name: str) -> Answer:
    """`docker cp CONTAINER:PATH …`: a tar, as a stream."""
    path, contents = _path(request), await _contents(daemon, name)
    found = await asyncio.to_thread(contents.status, path)
    pieces = await asyncio.to_thread(contents.packed, path)
    return Answer(200, _streamed(pieces), {**_TAR, **_described(found)})


async def exported(daemon: Daemon, _: Request, name: str) -> Answer:
    """`docker export`: all files but what is this machine's."""
    return Answer(200, _streamed((await _contents(daemon, name)).exported()), _TAR)


async def _streamed(pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
        yield piece


async def unpacked(daemon: Daemon, request: Request, name: str) -> Answer:
    """`docker cp … CONTAINER:PATH`: a tar, plain or compressed, unpacked into a folder that is there."""
    path, contents = _path(request), await _contents(daemon, name)
    archive = await received(request.body, "copy")
    keep_kinds, own = request.wants("noOverwriteDirNonDir"), request.wants("copyUIDGID")
    try:
        await asyncio.to_thread(contents.unpack, path, archive, keep_kinds=keep_kinds, own=own)
    finally:
        archive.unlink(missing_ok=True)
    return Answer(200)


async def changes(daemon: Daemon, _: Request, name: str) -> Answer:
    """`docker diff`; null where nothing has changed."""
    contents = await _contents(daemon, name)
    found = await asyncio.to_thread(contents.changes)
    return as_json([{"Path": change.path, "Kind": change.kind} for change in found] or None)
