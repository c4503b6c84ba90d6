"""Manifests and tags: put, read, listed, deleted, and what refers to a manifest.

Knows nothing about rules: whether a tag may move or a layer is missing is ECR's to say.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dockyard.cloud.ecr import manifests, names
from dockyard.cloud.ecr.images import is_immutable
from dockyard.cloud.ecr.manifests import Manifest
from dockyard.cloud.ecr.service import Ecr
from dockyard.cloud.ecr.state import Image, Repository
from dockyard.containers.blobs import BlobStore, digest_of
from dockyard.errors import AwsError, RegistryError
from dockyard.sandbox.registry.configuration import said
from dockyard.sandbox.registry.records import Records, Where, translated
from dockyard.sandbox.registry.storage import Storage
from dockyard.sandbox.registry.uploads import read_digest

#: bytes a manifest may have, as the specification advises; a configuration is not read beyond it either
LARGEST = 4 * 1024 * 1024
MOST_TAGS = 1000


class Manifests:
    """The requests for manifests and tags."""

    def __init__(self, blobs: BlobStore, records: Records, storage: Storage | None = None) -> None:
        self._blobs = blobs
        self._storage = storage
        self._records = records

    async def read(self, _request: Request, where: Where, reference: str) -> Response:
        """GET and HEAD by tag or digest. Whatever the client accepts, it gets the manifest as it was pushed."""
        image = await self._records.look(where, lambda _ecr, repository: repository.image(reference))
        if image is None:
            raise unknown(reference, where)
        headers = {"Docker-Content-Digest": image.digest, "ETag": f'"{image.digest}"'}
        return Response(image.manifest.encode(), media_type=image.media_type, headers=headers)

    async def put(self, request: Request, where: Where, reference: str) -> Response:
        """PUT under a tag or under its own digest."""
        body = await whole_body(request)
        digest, tag = digest_of(body), checked_tag(reference)
        if not tag and reference != digest:
            raise RegistryError("DIGEST_INVALID", f"The manifest's digest is {digest}, not {reference}.", status=400)
        text, manifest = read_manifest(body, request.headers.get("content-type", ""))

        def is_there(_ecr: Ecr, repository: Repository) -> bool:
            image = repository.image(reference)
            return image is not None and image.digest == digest and not (tag and is_immutable(repository, tag))

        if not await self._records.look(where, is_there):
            await self._enter(where, text, manifest, tag)
        subject = {"OCI-Subject": manifest.subject} if manifest.subject else {}
        headers = {"Location": f"{where.path}/manifests/{digest}", "Docker-Content-Digest": digest, **subject}
        return Response(status_code=201, headers=headers)

    async def delete(self, _request: Request, where: Where, reference: str) -> Response:
        """DELETE: by tag the tag (and with its last tag the image), by digest the image with all its tags."""
        identifier = {"imageTag": reference} if checked_tag(reference) else {"imageDigest": reference}
        answer = await self._records.call(where, "BatchDeleteImage", imageIds=[identifier])
        for failure in answer["failures"]:
            if failure["failureCode"] == "ImageReferencedByManifestList":
                raise RegistryError("UNSUPPORTED", failure["failureReason"], status=405)
            raise unknown(reference, where)
        return Response(status_code=202)

    async def tags(self, request: Request, where: Where, _what: str) -> Response:
        """The tags in lexical order; `n` and `last` page through them."""
        query = request.query_params
        last, size = query.get("last", ""), read_count(query.get("n"))
        tags = await self._records.look(where, lambda ecr, repository: ecr.tags(repository.name))
        after = [one for one in tags if one > last]
        page = after[:size]
        more = urlencode({"n": size, "last": page[-1]}) if page and len(after) > size else ""
        headers = {"Link": f'<{where.path}/tags/list?{more}>; rel="next"'} if more else {}
        return JSONResponse({"name": where.path.removeprefix("/v2/"), "tags": page}, headers=headers)

    async def referrers(self, request: Request, where: Where, digest: str) -> Response:
        """The manifests whose subject is this digest, as an index; `artifactType` chooses among them."""
        read_digest(digest)
        found = await self._records.look(where, lambda ecr, repository: ecr.referrers(repository.name, digest))
        wanted = request.query_params.get("artifactType", "")
        listed = [descriptor(one) for one in found if wanted in ("", one.artifact_type)]
        index = {"schemaVersion": 2, "mediaType": manifests.OCI_INDEX, "manifests": listed}
        headers = {"OCI-Filters-Applied": "artifactType"} if wanted else {}
        return JSONResponse(index, media_type=manifests.OCI_INDEX, headers=headers)

    async def _enter(self, where: Where, text: str, manifest: Manifest, tag: str) -> None:
        if self._storage is not None:  # by digest only: what a tag means is ECR's to say
            repository = where.path.removeprefix("/v2/")
            await run_in_threadpool(self._storage.keep, repository, self._blobs, manifest, text)
        await self._records.call(
            where,
            "PutImage",
            imageManifest=text,
            imageManifestMediaType=manifest.media_type,
            imageDigest=manifest.digest,
            **said(self._configuration(manifest)),
            **({"imageTag": tag} if tag else {}),
        )

    def _configuration(self, manifest: Manifest) -> dict[str, Any]:
        """The configuration; nothing for an index and for what has no such configuration."""
        digest = manifest.needs[0] if manifest.needs else ""
        if manifest.is_index or not self._blobs.has(digest) or self._blobs.size(digest) > LARGEST:
            return {}
        try:
            configuration = json.loads(self._blobs.read(digest))
        except (ValueError, RecursionError):
            return {}
        return configuration if isinstance(configuration, dict) else {}


def read_manifest(body: bytes, content_type: str) -> tuple[str, Manifest]:
    """A manifest as text and as what it says. Raises RegistryError MANIFEST_INVALID."""
    announced = content_type.partition(";")[0].strip()
    try:
        text = body.decode()
        return text, manifests.read(text, "" if announced in ("application/json", "text/plain") else announced)
    except UnicodeDecodeError:
        raise RegistryError("MANIFEST_INVALID", "The manifest is not UTF-8 text.", status=400) from None
    except AwsError as error:
        raise translated(error) from None


def checked_tag(reference: str) -> str:
    """The tag a reference is, "" where it is a digest. Raises RegistryError for what is neither."""
    if ":" in reference:
        read_digest(reference)
        return ""
    if not names.is_tag(reference):
        message = f"{reference!r} is not a tag: letters, digits, _ . and -, 128 at most, not beginning with . or -."
        raise RegistryError("TAG_INVALID", message, status=400)
    return reference


def read_count(text: str | None) -> int:
    """How many tags a page may have. Raises RegistryError for what is no number."""
    if text is None:
        return MOST_TAGS
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise RegistryError("PAGINATION_NUMBER_INVALID", f"n must be a number of tags, not {text!r}.", status=400)
    return min(int(text), MOST_TAGS)


def descriptor(image: Image) -> dict[str, Any]:
    """An image as an index lists it, with its artifact type and annotations."""
    described: dict[str, Any] = {
        "mediaType": image.media_type,
        "digest": image.digest,
        "size": len(image.manifest.encode()),
    }
    if image.artifact_type:
        described["artifactType"] = image.artifact_type
    if annotations := json.loads(image.manifest).get("annotations"):
        described["annotations"] = annotations
    return described


async def whole_body(request: Request) -> bytes:
    """A manifest's bytes. Raises RegistryError 413 beyond the limit."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST:
            raise RegistryError("SIZE_INVALID", f"A manifest may have {LARGEST} bytes at most.", status=413)
        parts.append(part)
    return b"".join(parts)


def unknown(reference: str, where: Where) -> RegistryError:
    """No such manifest."""
    kind = "digest" if ":" in reference else "tag"
    message = f"Requested image not found: repository '{where.name}' has no image with {kind} '{reference}'"
    return RegistryError("MANIFEST_UNKNOWN", message, status=404)
