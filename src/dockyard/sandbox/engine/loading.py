"""`docker load`: images out of a tar, as `docker save` of any age or a tool that writes OCI layouts made it.

Knows nothing about how the tar came here. Nothing is unpacked: members are read by name, so no path can leave the
archive. An OCI index is believed first, because it keeps the manifest; an image id is always its configuration's
digest.
"""

from __future__ import annotations

import lzma
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from dockyard.containers.blobs import BlobStore
from dockyard.containers.disk import full_disk
from dockyard.containers.headers import DamagedError, Header
from dockyard.containers.images import Image, Images, chosen_manifest
from dockyard.containers.layers import repacked
from dockyard.containers.oci import canonical, manifest_of
from dockyard.containers.references import Reference
from dockyard.errors import EngineError
from dockyard.sandbox.engine.daemon import Daemon
from dockyard.sandbox.engine.http import Answer, Request
from dockyard.sandbox.engine.progress import Say, in_lines
from dockyard.sandbox.engine.receiving import received
from dockyard.sandbox.strict_json import read_json

__all__ = ["loaded"]

_LARGEST_TEXT = 8 << 20
_CHUNK = 1 << 20


async def loaded(daemon: Daemon, request: Request, _: str) -> Answer:
    """Receive the archive whole, then load it and say each name."""
    file = await received(request.body, "load")
    quiet = request.wants("quiet")

    def work(say: Say) -> None:
        try:
            _load(daemon.images, file, (lambda _: None) if quiet else say, say)
        except EngineError as error:
            daemon.images.table.note_load(str(error))
            raise
        else:
            daemon.images.table.note_load("")
        finally:
            file.unlink(missing_ok=True)

    return in_lines(work)


def _load(held: Images, file: Path, tell: Say, say: Say) -> None:
    try:
        with tarfile.open(file, tarinfo=Header) as archive:
            for image, names in _images(_Archive(archive, held.blobs, tell)):
                _keep(held, image, names, say)
    except (tarfile.TarError, EOFError, OSError, zlib.error, lzma.LZMAError, DamagedError) as error:
        raise full_disk(error) or EngineError(f"unrecognized image format: {error}") from error
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise EngineError(f"invalid archive: {error}") from error


def _keep(held: Images, image: Image, names: list[str], say: Say) -> None:
    references = [str(Reference.parse(name)) for name in names]
    held.keep(image)
    for reference in references:
        held.table.tag(image.id, Reference.parse(reference))
        say({"stream": f"Loaded image: {reference}\n"})
    if not references:
        say({"stream": f"Loaded image ID: {image.id}\n"})


class _Archive:
    """A tar opened for reading by name, and where its blobs go."""

    def __init__(self, archive: tarfile.TarFile, blobs: BlobStore, tell: Say) -> None:
        self._archive = archive
        self._members = {member.name.removeprefix("./"): member for member in archive}
        self.blobs = blobs
        self.tell = tell

    def open(self, path: str) -> IO[bytes]:
        """One file as a stream; EngineError where the archive has none of this name."""
        member = self._members.get(path.removeprefix("./"))
        content = self._archive.extractfile(member) if member is not None else None
        if content is None:
            raise EngineError(f"invalid archive: it has no file {path}")
        return content

    def has(self, path: str) -> bool:
        """Whether a file of this name is there."""
        return path in self._members

    def read(self, path: str) -> bytes:
        """A small file, whole."""
        with self.open(path) as content:
            data = content.read(_LARGEST_TEXT + 1)
        if len(data) > _LARGEST_TEXT:
            raise EngineError(f"invalid archive: {path} is larger than 8 megabytes")
        return data

    def json(self, path: str) -> Any:
        """A small file that is JSON."""
        return read_json(self.read(path))


def _images(archive: _Archive) -> Iterator[tuple[Image, list[str]]]:
    """Each image with its names; all that an index points at, or else what Docker's own manifest.json lists."""
    if archive.has("index.json"):
        known = _names_by_configuration(archive)
        for described in archive.json("index.json")["manifests"]:
            image = _from_layout(archive, described["digest"])
            named = (described.get("annotations") or {}).get("io.containerd.image.name", "")
            yield image, [named] if named else known.get(image.id, [])
        return
    if not archive.has("manifest.json"):
        raise _unrecognized(archive)
    for described in archive.json("manifest.json"):
        yield _from_docker(archive, described), described.get("RepoTags") or []


def _unrecognized(archive: _Archive) -> EngineError:
    """A tar that holds no image; where it looks like a container's files, where those come from."""
    exported = "docker export writes the files of a container: docker save writes an image."
    sentence = "unrecognized image format: it has neither manifest.json nor index.json"
    return EngineError(f"{sentence}.", next_step=exported if archive.has("etc/passwd") else "")


def _names_by_configuration(archive: _Archive) -> dict[str, list[str]]:
    """Where an index names nothing, Docker's manifest.json may."""
    described = archive.json("manifest.json") if archive.has("manifest.json") else []
    return {f"sha256:{each['Config'].rpartition('/')[2]}": each.get("RepoTags") or [] for each in described}


def _from_layout(archive: _Archive, digest: str) -> Image:
    manifest = archive.read(_place(archive, digest))
    content = read_json(manifest)
    chosen = chosen_manifest(content)
    if chosen:
        return _from_layout(archive, chosen)
    for described in [content["config"], *content["layers"]]:
        _take(archive, described["digest"])
    archive.blobs.write(manifest)
    return _checked(Image.from_manifest(archive.blobs, manifest))


def _place(archive: _Archive, digest: str) -> str:
    archive.blobs.path(digest)  # a ValueError for what is no digest
    return f"blobs/{digest.replace(':', '/')}"


def _take(archive: _Archive, digest: str) -> None:
    """One blob into the store, as it is; a wrong digest is refused."""
    if archive.blobs.has(digest):
        return
    upload = archive.blobs.begin()
    try:
        with archive.open(_place(archive, digest)) as content:
            while chunk := content.read(_CHUNK):
                upload.append(chunk)
    except BaseException:
        upload.discard()
        raise
    upload.finish(digest)
    archive.tell({"status": "Loading layer", "progressDetail": {}, "id": digest.removeprefix("sha256:")[:12]})


def _from_docker(archive: _Archive, described: dict[str, Any]) -> Image:
    """An image of manifest.json: its layers are tars, packed or not."""
    configuration = archive.read(described["Config"])
    diff_ids = read_json(configuration)["rootfs"]["diff_ids"]
    layers = []
    for path, diff_id in zip(described["Layers"], diff_ids, strict=True):
        with archive.open(path) as content:
            layer = repacked(archive.blobs, content)
        if layer.diff_id != diff_id:
            raise EngineError(f"invalid diffID for layer {path}: expected {diff_id!r}, got {layer.diff_id!r}")
        layers.append(layer)
        archive.tell({"status": "Loading layer", "progressDetail": {}, "id": diff_id.removeprefix("sha256:")[:12]})
    digest = archive.blobs.write(configuration)
    manifest = canonical(manifest_of(configuration, digest, layers, {}))
    archive.blobs.write(manifest)
    return _checked(Image.from_manifest(archive.blobs, manifest))


def _checked(image: Image) -> Image:
    """The image, if it can be read as one: its configuration names a layer for each of the manifest's."""
    _ = image.layers
    if not isinstance(image.configuration.get("config") or {}, dict):
        raise EngineError("invalid archive: its configuration is no object")
    return image
