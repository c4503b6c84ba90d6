"""Uploads: blobs on their way in, by POST, PATCH and PUT, in one piece or in many, resumable when cut off.

Knows nothing about manifests. A body goes to disk as it comes, a megabyte at a time, whatever its size; what arrived
before a cut stays, and the client asks how much that was.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from dockyard.cloud.ecr import names
from dockyard.cloud.ecr.service import Ecr
from dockyard.cloud.ecr.state import Repository
from dockyard.containers.blobs import BlobStore, Upload
from dockyard.errors import RegistryError
from dockyard.sandbox.registry.records import Records, Where

#: written to disk in pieces of this many bytes
PIECE = 1 << 20
#: An upload nobody touched for so many seconds is thrown away when the next one begins.
IDLE_SECONDS = 3600.0
PATIENCE_SECONDS = 2.0
#: So many uploads may be open, each of them a file: the one longest untouched makes room for the next.
MOST_OPEN = 200

_CONTENT_RANGE = re.compile(r"(?:bytes[ =])?(\d{1,18})-(\d{1,18})(?:/(?:\d+|\*))?")


@dataclass(slots=True)
class Session:
    """An upload, the repository it was begun in (account, region, name), and when it was last touched (wall clock)."""

    repository: tuple[str, str, str]
    upload: Upload
    touched: float
    #: one body at a time
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Uploads:
    """The uploads that are open, and the requests that move them on."""

    def __init__(self, blobs: BlobStore, records: Records, wall: Callable[[], float]) -> None:
        self._blobs = blobs
        self._records = records
        self._wall = wall
        self._sessions: dict[str, Session] = {}

    async def begin(self, request: Request, where: Where) -> Response:
        """POST: mount a blob of another repository, take one whole (`?digest=`), or open an upload."""
        query = request.query_params
        mount, source = query.get("mount", ""), query.get("from", "")
        size = await self._records.look(where, partial(mountable, where, mount, source))
        if size is not None and self._blobs.has(mount) and self._may_pull(where, source):
            await self._enter(where, mount, size, "mount")
            return created(where, mount)
        session = self._open(where)
        if "digest" not in query:
            return progress(where, session, 202)
        try:
            digest = read_digest(query["digest"])
            await receive(request, session.upload)
            return await self._finish(where, session, digest)
        finally:
            self._close(session)

    async def status(self, _request: Request, where: Where, identifier: str) -> Response:
        """GET: how much arrived. A body still on its way, or cut off a moment ago, is given a little time to end."""
        session = self._find(where, identifier)
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS), session.turn:
                pass
        return progress(where, session, 204)

    async def add(self, request: Request, where: Where, identifier: str) -> Response:
        """PATCH: the next piece, or all of it as a stream."""
        session = self._find(where, identifier)
        async with session.turn:
            if not follows(request, session.upload.offset):
                return progress(where, session, 416)
            await self._receive(request, session)
        return progress(where, session, 202)

    async def complete(self, request: Request, where: Where, identifier: str) -> Response:
        """PUT: the last piece if there is one, and the digest that all of it must have."""
        session = self._find(where, identifier)
        digest = read_digest(request.query_params.get("digest", ""))
        async with session.turn:
            if not follows(request, session.upload.offset):
                return progress(where, session, 416)
            await self._receive(request, session)
            try:
                return await self._finish(where, session, digest)
            finally:
                self._close(session)

    async def cancel(self, _request: Request, where: Where, identifier: str) -> Response:
        """DELETE: throw away what arrived."""
        session = self._find(where, identifier)
        async with session.turn:
            self._close(session)
        return Response(status_code=204)

    def close(self) -> None:
        """Throw away every open upload."""
        for session in list(self._sessions.values()):
            self._close(session)

    def _may_pull(self, where: Where, source: str) -> bool:
        """Whether who pushes may also pull from the repository (`ACCOUNT/NAME`) that a blob is to be mounted from."""
        return self._records.may(replace(where, name=source.partition("/")[2]), "ecr:GetDownloadUrlForLayer")

    def _open(self, where: Where) -> Session:
        now = self._wall()
        resting = sorted((one for one in self._sessions.values() if not one.turn.locked()), key=lambda one: one.touched)
        crowded = len(self._sessions) - MOST_OPEN
        for number, old in enumerate(resting):
            if number <= crowded or now - old.touched > IDLE_SECONDS:
                self._close(old)
        with disk():
            session = Session((where.account, where.region, where.name), self._blobs.begin(), now)
        self._sessions[session.upload.id] = session
        return session

    def _find(self, where: Where, identifier: str) -> Session:
        session = self._sessions.get(identifier)
        if session is None or session.repository != (where.account, where.region, where.name):
            message = "There is no such upload: it was finished, cancelled, or begun before the registry was restarted."
            raise RegistryError("BLOB_UPLOAD_UNKNOWN", message, status=404)
        session.touched = self._wall()
        return session

    def _close(self, session: Session) -> None:
        """Forget an upload, finished or not; an unfinished one leaves nothing on disk."""
        if self._sessions.pop(session.upload.id, None) and self._blobs.upload(session.upload.id):
            session.upload.discard()

    async def _receive(self, request: Request, session: Session) -> None:
        if session.upload.id not in self._sessions:  # another request finished or cancelled it while this one waited
            raise RegistryError("BLOB_UPLOAD_UNKNOWN", "This upload has ended.", status=404)
        try:
            await receive(request, session.upload)
        except RegistryError:
            self._close(session)
            raise
        finally:
            session.touched = self._wall()

    async def _finish(self, where: Where, session: Session, digest: str) -> Response:
        size = session.upload.offset
        with disk():
            try:
                await run_in_threadpool(session.upload.finish, digest)
            except ValueError as error:
                raise RegistryError("DIGEST_INVALID", f"Nothing was kept: {error}", status=400) from None
        await self._enter(where, digest, size, session.upload.id)
        return created(where, digest)

    async def _enter(self, where: Where, digest: str, size: int, identifier: str) -> None:
        if not await self._records.look(where, lambda _ecr, repository: digest in repository.layers):
            members = {"uploadId": identifier, "layerDigests": [digest], "dockyardSize": size}
            await self._records.call(where, "CompleteLayerUpload", **members)


def mountable(where: Where, digest: str, source: str, ecr: Ecr, _target: Repository) -> int | None:
    """The size of a blob that may be mounted, from a repository of the same account and region; None otherwise."""
    account, _, name = source.partition("/")
    found = ecr.repository(name) if account == where.account else None
    return found.layers.get(digest) if found else None


def follows(request: Request, offset: int) -> bool:
    """Whether a body goes on where the upload stands: it says no Content-Range, or the one that starts there."""
    said = request.headers.get("content-range")
    if said is None:
        return True
    found = _CONTENT_RANGE.fullmatch(said)
    if found is None or int(found[1]) != offset:
        return False
    length = request.headers.get("content-length")
    return length is None or length == str(int(found[2]) - offset + 1)


async def receive(request: Request, upload: Upload) -> None:
    """Write a body to disk as it comes. When the client goes away (ClientDisconnect) what came is kept."""
    waiting = bytearray()
    with disk():
        try:
            async for chunk in request.stream():
                waiting += chunk
                if len(waiting) >= PIECE:
                    piece, waiting = bytes(waiting), bytearray()
                    await run_in_threadpool(upload.append, piece)
        finally:
            upload.append(bytes(waiting))


@contextmanager
def disk() -> Iterator[None]:
    """A disk that is full or broken, as a refusal."""
    try:
        yield
    except OSError as error:
        message = f"The registry cannot write to its disk: {error.strerror}. Free some space and push again."
        raise RegistryError("UNKNOWN", message, status=507) from error


def read_digest(text: str) -> str:
    """The digest a request names. Raises RegistryError DIGEST_INVALID for anything but SHA-256."""
    if not names.is_digest(text):
        message = f"{text!r} is not a digest: it must read sha256: and 64 hexadecimal digits."
        raise RegistryError("DIGEST_INVALID", message, status=400)
    return text


def progress(where: Where, session: Session, status: int) -> Response:
    """Where an upload stands: its address and the bytes that arrived, the last one included."""
    identifier, offset = session.upload.id, session.upload.offset
    headers = {
        "Location": f"{where.path}/blobs/uploads/{identifier}",
        "Range": f"0-{max(offset - 1, 0)}",
        "Docker-Upload-UUID": identifier,
    }
    return Response(status_code=status, headers=headers)


def created(where: Where, digest: str) -> Response:
    """The blob is in the repository."""
    headers = {"Location": f"{where.path}/blobs/{digest}", "Docker-Content-Digest": digest}
    return Response(status_code=201, headers=headers)
