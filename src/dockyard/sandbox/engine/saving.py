"""`docker save`: images as one tar that `docker load`, skopeo and every reader of OCI layouts take.

Knows nothing about requests' sockets. Both forms share the blobs as they are kept, so nothing is packed again, the
image id and the manifest stay the same, and memory stays constant.
See the OCI image specification, image-layout.md, and Docker's own manifest.json of a saved image.
"""

from __future__ import annotations

import asyncio
import io
import tarfile
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path
from typing import Any

from dockyard.containers.images import Image, Images
from dockyard.containers.oci import INDEX_TYPES, MANIFEST, canonical
from dockyard.containers.references import Reference
from dockyard.errors import EngineError
from dockyard.sandbox.engine.daemon import Daemon
from dockyard.sandbox.engine.http import Answer, Request
from dockyard.sandbox.engine.images import record_of

__all__ = ["saved", "saved_one"]

_CHUNK = 1 << 20
#: Image id → the names it is saved under, in the order asked for.
_Wanted = dict[str, list[str]]


async def saved_one(daemon: Daemon, _: Request, name: str) -> Answer:
    """`docker save NAME` of one image."""
    return _archive(daemon.images, [name])


async def saved(daemon: Daemon, request: Request, _: str) -> Answer:
    """`docker save NAME…`."""
    names = [each for text in request.query.get("names", []) for each in text.split(",") if each]
    if not names:
        raise EngineError("no images to save: name one at least")
    return _archive(daemon.images, names)


def _archive(held: Images, names: Iterable[str]) -> Answer:
    wanted: _Wanted = {}
    for name in names:
        for identifier, tag in _meant(held, name):
            tags = wanted.setdefault(identifier, [])
            tags += [tag] if tag and tag not in tags else []
    images = {identifier: held.image(identifier) for identifier in wanted}
    return Answer(200, _streamed(_files(held, images, wanted)), {"Content-Type": "application/x-tar"})


def _meant(held: Images, name: str) -> list[tuple[str, str]]:
    """(image id, name) of what is asked for; a repository alone means all its tags, an id no name."""
    last = name.rpartition("/")[2]
    if ":" not in last and "@" not in last:
        tags = [tag for tag in held.tags() if tag.rpartition(":")[0] == _repository(name)]
        if tags:
            return [(held.table.tags[tag], tag) for tag in tags]
    record = record_of(held, name)
    tag = str(Reference.parse(name)) if ":" in last and "@" not in last else ""
    return [(record.id, tag)]


def _repository(name: str) -> str:
    try:
        return Reference.parse(name).repository
    except EngineError:
        return ""


def _files(held: Images, images: dict[str, Image], wanted: _Wanted) -> Iterator[tuple[str, bytes | Path]]:
    """(path in the tar, content or the file that has it), each once."""
    yield "oci-layout", b'{"imageLayoutVersion":"1.0.0"}'
    yield "index.json", canonical(_index(held, images, wanted))
    yield "manifest.json", canonical([_described(image, wanted[image.id]) for image in images.values()])
    digests = [digest for image in images.values() for digest in _blobs(image)]
    for digest in dict.fromkeys(digests):
        yield _place(digest), held.blobs.path(digest)


def _blobs(image: Image) -> list[str]:
    return [image.digest, image.id, *(layer.digest for layer in image.layers)]


def _place(digest: str) -> str:
    return f"blobs/{digest.replace(':', '/')}"


def _index(held: Images, images: dict[str, Image], wanted: _Wanted) -> dict[str, Any]:
    described = [
        {**_descriptor(held, image), **({"annotations": _annotations(tag)} if tag else {})}
        for image in images.values()
        for tag in wanted[image.id] or [""]
    ]
    return {"schemaVersion": 2, "mediaType": INDEX_TYPES[0], "manifests": described}


def _descriptor(held: Images, image: Image) -> dict[str, Any]:
    return {
        "mediaType": image.manifest.get("mediaType", MANIFEST),
        "digest": image.digest,
        "size": held.blobs.size(image.digest),
    }


def _annotations(tag: str) -> dict[str, str]:
    short = Reference.parse(tag)
    whole = tag if short.host else f"docker.io/{'' if '/' in short.path else 'library/'}{tag}"
    return {"io.containerd.image.name": whole, "org.opencontainers.image.ref.name": short.tag}


def _described(image: Image, tags: list[str]) -> dict[str, Any]:
    layers = [_place(layer.digest) for layer in image.layers]
    return {"Config": _place(image.id), "RepoTags": tags or None, "Layers": layers}


async def _streamed(files: Iterator[tuple[str, bytes | Path]]) -> AsyncIterator[bytes]:
    """The bytes of a tar, file after file."""
    for path, content in files:
        size = len(content) if isinstance(content, bytes) else content.stat().st_size
        header = tarfile.TarInfo(path)
        header.size = size
        yield header.tobuf(tarfile.PAX_FORMAT)
        with io.BytesIO(content) if isinstance(content, bytes) else content.open("rb") as file:
            while chunk := await asyncio.to_thread(file.read, _CHUNK):
                yield chunk
        yield b"\0" * (-size % tarfile.BLOCKSIZE)
    yield b"\0" * (2 * tarfile.BLOCKSIZE)
