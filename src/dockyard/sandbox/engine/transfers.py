"""`docker push` and `docker pull`: images between this account's engine and a registry, told in JSON lines.

Knows nothing about HTTP, neither to the registry nor to the client. X-Registry-Auth is read and never logged.
"""

from __future__ import annotations

import asyncio
import base64
import json
from functools import partial

from dockyard.containers.bases import BASES, base_draft, offer
from dockyard.containers.images import Image, Images, chosen_manifest
from dockyard.containers.oci import Layer, Platform
from dockyard.containers.references import Reference
from dockyard.errors import EngineError
from dockyard.sandbox.engine.daemon import Daemon
from dockyard.sandbox.engine.http import Answer, Request, members
from dockyard.sandbox.engine.progress import Say, in_lines
from dockyard.sandbox.engine.registry import Registry, basic

__all__ = ["fetched", "pull", "push"]


def _authorization(request: Request) -> str:
    """What X-Registry-Auth says, as the registry wants it; empty where it says nothing."""
    header = request.headers.get("x-registry-auth", "")
    try:
        text = base64.urlsafe_b64decode(header + "=" * (-len(header) % 4))
    except ValueError as error:
        raise EngineError("X-Registry-Auth is not base64 of JSON") from error
    given = members(text, "X-Registry-Auth")
    return basic(str(given.get("username") or ""), str(given.get("password") or ""))


async def push(daemon: Daemon, request: Request, name: str) -> Answer:
    """Push one tag, or every tag of the repository where none is given."""
    held = daemon.images
    tag = request.first("tag")
    reference = Reference.parse(f"{name}:{tag}" if tag else name)
    registry = Registry(reference.host, _authorization(request))
    names = [str(reference)] if tag else [each for each in held.tags() if _same_repository(each, reference)]
    return in_lines(partial(_push, held, registry, reference, names))


def _same_repository(name: str, reference: Reference) -> bool:
    return Reference.parse(name).repository == reference.repository


def _push(held: Images, registry: Registry, reference: Reference, names: list[str], say: Say) -> None:
    say({"status": f"The push refers to repository [{reference.repository}]"})
    images = [(Reference.parse(name), held.local(name)) for name in names]
    if not images or any(image is None for _, image in images):
        raise EngineError(f"An image does not exist locally with the tag: {reference.repository}", status=404)
    registry.check()
    for each, image in images:
        assert image is not None
        _push_one(held, registry, each, image, say)


def _push_one(held: Images, registry: Registry, reference: Reference, image: Image, say: Say) -> None:
    for layer in image.layers:
        say({"status": "Preparing", "progressDetail": {}, "id": _short(layer)})
    for layer in image.layers:
        _push_layer(held, registry, reference.path, layer, say)
    if not registry.has_blob(reference.path, image.id):
        registry.send_blob(reference.path, image.id, held.blobs.path(image.id))
    manifest = held.blobs.read(image.digest)
    registry.send_manifest(reference.path, reference.tag, image.manifest["mediaType"], manifest)
    held.table.pushed(image.id, reference.repository)
    say({"status": f"{reference.tag}: digest: {image.digest} size: {len(manifest)}"})
    say({"progressDetail": {}, "aux": {"Tag": reference.tag, "Digest": image.digest, "Size": len(manifest)}})


def _push_layer(held: Images, registry: Registry, repository: str, layer: Layer, say: Say) -> None:
    if registry.has_blob(repository, layer.digest):
        say({"status": "Layer already exists", "progressDetail": {}, "id": _short(layer)})
        return
    detail = {"current": layer.size, "total": layer.size}
    say({"status": "Pushing", "progressDetail": detail, "progress": f"{layer.size}B", "id": _short(layer)})
    registry.send_blob(repository, layer.digest, held.blobs.path(layer.digest))
    say({"status": "Pushed", "progressDetail": {}, "id": _short(layer)})


def _short(layer: Layer) -> str:
    return layer.diff_id.removeprefix("sha256:")[:12]


async def pull(daemon: Daemon, request: Request, _: str) -> Answer:
    """Pull from the sandbox's own registry, or take an image of the built-in table."""
    held = daemon.images
    name, tag = request.first("fromImage"), request.first("tag")
    if not name:
        raise EngineError(
            "docker import is not offered by this engine: docker load an image, or build one with ADD FILE.tar /",
            status=501,
        )
    reference = Reference.parse(f"{name}{'@' if tag.startswith('sha256:') else ':'}{tag}" if tag else name)
    if not reference.host:
        return in_lines(partial(_take_base, held, _known(reference), Platform.parse(request.first("platform"))))
    registry = Registry(reference.host, _authorization(request))
    manifest = await asyncio.to_thread(_manifest, registry, reference)
    return in_lines(partial(_pull, held, registry, reference, manifest))


def _known(reference: Reference) -> Reference:
    if str(reference) in BASES:
        return reference
    sentence = f"manifest for {reference} not found: manifest unknown."
    raise EngineError(sentence, status=404, next_step=offer(str(reference)))


def _take_base(held: Images, reference: Reference, platform: Platform, say: Say) -> None:
    say({"status": f"Pulling from library/{reference.path}", "id": reference.tag})
    image = base_draft(held.blobs, BASES[str(reference)], platform).image(held.blobs)
    _kept(held, image, reference, say)


def fetched(held: Images, registry: Registry, reference: Reference, platform: Platform) -> Image:
    """An image of a registry made this account's, in the same way as `docker pull`, for a platform."""
    manifest = _manifest(registry, reference, platform.architecture)
    _pull(held, registry, reference, manifest, lambda _: None)
    return Image.from_manifest(held.blobs, manifest)


def _manifest(registry: Registry, reference: Reference, architecture: str = "amd64") -> bytes:
    """The manifest meant; what is missing or refused is answered with its HTTP status, before any line is said."""
    registry.check()
    try:
        manifest = registry.manifest(reference.path, reference.digest or reference.tag)
    except EngineError as error:
        if "manifest unknown" not in error.message:
            raise
        raise EngineError(f"manifest for {reference} not found: {error.message}", status=404) from error
    chosen = chosen_manifest(json.loads(manifest), architecture)
    return registry.manifest(reference.path, chosen) if chosen else manifest


def _pull(held: Images, registry: Registry, reference: Reference, manifest: bytes, say: Say) -> None:
    say({"status": f"Pulling from {reference.path}", "id": reference.tag or reference.digest})
    content = json.loads(manifest)
    for described in [content["config"], *content["layers"]]:
        _pull_blob(held, registry, reference.path, described["digest"], say)
    held.blobs.write(manifest)
    image = Image.from_manifest(held.blobs, manifest)
    _kept(held, image, reference, say)
    held.table.pushed(image.id, reference.repository)


def _pull_blob(held: Images, registry: Registry, repository: str, digest: str, say: Say) -> None:
    short = digest.removeprefix("sha256:")[:12]
    if held.blobs.has(digest):
        say({"status": "Already exists", "progressDetail": {}, "id": short})
        return
    say({"status": "Pulling fs layer", "progressDetail": {}, "id": short})
    upload = held.blobs.begin()
    try:
        registry.fetch_blob(repository, digest, upload)
    except BaseException:
        upload.discard()
        raise
    say({"status": "Pull complete", "progressDetail": {}, "id": short})


def _kept(held: Images, image: Image, reference: Reference, say: Say) -> None:
    known = held.local(str(reference))
    held.keep(image, str(reference) if reference.tag else "")
    say({"status": f"Digest: {image.digest}"})
    fresh = known is None or known.id != image.id
    say({"status": f"Status: {'Downloaded newer image' if fresh else 'Image is up to date'} for {reference}"})
