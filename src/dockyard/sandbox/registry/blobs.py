"""Blobs that are here: looked for, read whole or in part, deleted.

Knows nothing about uploads. A blob is seen only through a repository that it was pushed to or mounted in.
"""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from dockyard.containers.blobs import BlobStore
from dockyard.errors import RegistryError
from dockyard.sandbox.registry.records import Records, Where
from dockyard.sandbox.registry.storage import Storage
from dockyard.sandbox.registry.uploads import read_digest


class BlobFile(FileResponse):
    """A blob streamed from disk; it knows HTTP's ranges."""

    chunk_size = 1 << 20


class Blobs:
    """The requests for blobs."""

    def __init__(self, blobs: BlobStore, records: Records, storage: Storage | None = None) -> None:
        self._blobs = blobs
        self._storage = storage
        self._records = records

    async def read(self, _request: Request, where: Where, digest: str) -> Response:
        """GET and HEAD, with Range."""
        await self._check(where, digest)
        headers = {"Docker-Content-Digest": digest, "ETag": f'"{digest}"'}
        return BlobFile(self._blobs.path(digest), headers=headers, media_type="application/octet-stream")

    async def delete(self, _request: Request, where: Where, digest: str) -> Response:
        """DELETE: the blob leaves the repository, unless an image needs it. Its bytes stay for others who hold them."""
        await self._check(where, digest)
        await self._records.call(where, "BatchDeleteImage", imageIds=[], dockyardLayer=digest)
        return Response(status_code=202)

    async def _check(self, where: Where, digest: str) -> None:
        read_digest(digest)
        here = await self._records.look(where, lambda _ecr, repository: digest in repository.layers)
        if not (here and (self._blobs.has(digest) or await self._fetch(where, digest))):
            raise RegistryError("BLOB_UNKNOWN", f"There is no blob {digest} in repository {where.name}.", status=404)

    async def _fetch(self, where: Where, digest: str) -> bool:
        """Bring a blob of the repository back from the storage, where there is one; whether it is here now."""
        if self._storage is None:
            return False
        return await run_in_threadpool(self._storage.fetch, where.path.removeprefix("/v2/"), digest, self._blobs)
