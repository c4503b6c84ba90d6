"""Two engines side by side: ours on a socket, a real one, and the same base images in both.

Knows nothing about Dockerfiles. A base is ours; for a RUN it gets a layer with this machine's shell and programs.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import os
import re
import subprocess
import tarfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import docker

from dockyard.containers.bases import BASES, base_draft
from dockyard.containers.blobs import BlobStore
from dockyard.containers.filesystem import FileEntry
from dockyard.containers.images import Image, Images
from dockyard.containers.oci import Layer, Platform
from dockyard.containers.table import ImageTable
from dockyard.sandbox.engine import Engine

#: what `docker create` makes in every container, useradd's copies and passwords, and our notes of what a RUN was
LEFT_OUT = re.compile(
    r"/(dev|proc|sys|\.dockerenv|etc/(hosts|hostname|resolv\.conf|mtab|passwd-|group-|g?shadow-?|\.pwd\.lock)"
    r"|var/lib/dockyard)(/.*)?"
)
#: kind, and by kind mode, owner, size and digest, or target
Seen = tuple[str | int, ...]
Tree = dict[str, Seen]
#: a RUN's programs, of this machine; and those that have nothing to install from
_PROGRAMS = (
    "/bin/sh /bin/bash /bin/mkdir /bin/rmdir /bin/date "
    "/bin/chmod /bin/chown /bin/rm /bin/ln /bin/touch /bin/cp /bin/mv /bin/cat /bin/echo "
    "/bin/true /bin/false /usr/bin/id /usr/sbin/useradd /usr/sbin/groupadd /usr/sbin/nologin"
)
PROGRAMS = _PROGRAMS.split()
USERADD_READS = ("etc/login.defs", "etc/default/useradd")
NOTHING_TO_DO = (
    "usr/local/bin/pip",
    "usr/local/bin/pip3",
    "usr/local/bin/python",
    "usr/bin/apt-get",
    "var/lang/bin/pip3",
)


@contextmanager
def our_engine(folder: Path) -> Iterator[tuple[str, Images]]:
    """Our engine on a socket, in a thread; its address and its images."""
    images = Images(BlobStore(folder / "blobs"), ImageTable(folder, now=time.time))
    ready, ended = threading.Event(), asyncio.Event()
    loops: list[asyncio.AbstractEventLoop] = []

    async def serve() -> None:
        loops.append(asyncio.get_running_loop())
        engine = Engine(folder / "ours.sock", lambda: images)
        await engine.start()
        ready.set()
        await ended.wait()
        await engine.stop()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    ready.wait(10)
    try:
        yield f"unix://{folder / 'ours.sock'}", images
    finally:
        loops[0].call_soon_threadsafe(ended.set)
        thread.join()


def archive(image: Image, name: str) -> bytes:
    """An image as `docker load` takes it."""
    packed = io.BytesIO()
    layers = [f"{number}-{layer.diff_id[7:19]}/layer.tar" for number, layer in enumerate(image.layers)]
    manifest = [{"Config": f"{image.id[7:]}.json", "RepoTags": [name], "Layers": layers}]
    with tarfile.open(fileobj=packed, mode="w") as tar:
        _put(tar, f"{image.id[7:]}.json", image.blobs.read(image.id))
        for path, layer in zip(layers, image.layers, strict=True):
            _put(tar, path, image.blobs.read(layer.digest))
        _put(tar, "manifest.json", json.dumps(manifest).encode())
    return packed.getvalue()


def _put(tar: tarfile.TarFile, name: str, data: bytes, mode: int = 0o644) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(data), mode
    tar.addfile(member, io.BytesIO(data))


def _folder(tar: tarfile.TarFile, name: str) -> None:
    member = tarfile.TarInfo(name)
    member.type, member.mode = tarfile.DIRTYPE, 0o755
    if name not in tar.getnames():
        tar.addfile(member)


def shell_layer(blobs: BlobStore) -> Layer:
    """A layer with this machine's shell, the programs a RUN names, and the libraries they need."""
    needed = {path: None for path in PROGRAMS if Path(path).exists()}
    for program in list(needed):
        told = subprocess.run(["ldd", program], capture_output=True, text=True, check=False).stdout
        needed |= dict.fromkeys(re.findall(r"(/\S+) \(0x", told))
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as tar:
        for path in needed:
            real = os.path.realpath(os.path.dirname(path)).strip("/")
            folders = ["/".join(real.split("/")[: count + 1]) for count in range(len(real.split("/")))]
            for folder in dict.fromkeys(folders):
                _folder(tar, folder)
            _put(tar, f"{real}/{os.path.basename(path)}", Path(path).read_bytes(), 0o755)
        _folder(tar, "etc/default")
        for path in USERADD_READS:
            _put(tar, path, Path("/", path).read_bytes())
        for path in ("etc/shadow", "etc/gshadow"):
            _put(tar, path, b"", 0o640)
        _folder(tar, "var/lang")
        _folder(tar, "var/lang/bin")
        for program in NOTHING_TO_DO:
            _put(tar, program, b"#!/bin/sh\nexit 0\n", 0o755)
    digest = blobs.write(plain.getvalue())
    return Layer(digest, digest, len(plain.getvalue()))


class Theirs:
    """The real engine; both engines have the same bases, byte for byte."""

    def __init__(self, images: Images) -> None:
        self.client = docker.DockerClient(base_url=os.environ["DOCKER_HOST"], timeout=60)
        self._images = images
        self._shell = shell_layer(images.blobs)
        self._loaded: set[str] = set()

    def hold(self, name: str, platform: Platform, with_shell: bool) -> None:
        """Have a base under its name in both engines, with a shell or as it is."""
        draft = base_draft(self._images.blobs, BASES[name], platform)
        draft = draft.recorded("a shell", self._shell) if with_shell else draft
        image = draft.image(self._images.blobs)
        self._images.keep(image, name)
        if image.id not in self._loaded:
            self.load(archive(image, name))
            self._loaded.add(image.id)
        self.client.api.tag(image.id, *name.rsplit(":", 1))

    def load(self, data: bytes) -> None:
        """`docker load`."""
        for line in self.client.api.load_image(data, quiet=True):
            assert "error" not in line, line

    def tree(self, name: str) -> Tree:
        """What a container of an image holds, as this engine exports it."""
        container = self.client.api.create_container(name, command=["x"])["Id"]
        try:
            data = b"".join(self.client.api.export(container))
        finally:
            self.client.api.remove_container(container)
        with tarfile.open(fileobj=io.BytesIO(data)) as tar:
            found = {"/" + member.name.strip("/"): _seen(tar, member) for member in tar}
        return {path: seen for path, seen in found.items() if not LEFT_OUT.fullmatch(path)}


def _seen(tar: tarfile.TarFile, member: tarfile.TarInfo) -> Seen:
    owner = (oct(member.mode & 0o7777), member.uid, member.gid)
    if member.isdir():
        return ("directory", *owner)
    if member.issym():
        return ("link", member.linkname)
    content = tar.extractfile(member)
    data = content.read() if content else b""
    return ("file", *owner, len(data), hashlib.sha256(data).hexdigest()[:12])


def tree_of(image: Image) -> Tree:
    """What we ourselves say an image holds, in the same words."""
    return {path: _read(image, entry) for path, entry in image.files().items() if not LEFT_OUT.fullmatch(path)}


def _read(image: Image, entry: FileEntry) -> Seen:
    if entry.kind == "link":
        return ("link", entry.target)
    owner = (oct(entry.mode), entry.uid, entry.gid)
    if entry.kind == "directory":
        return ("directory", *owner)
    with image.open_file(entry) as content:
        return ("file", *owner, entry.size, hashlib.sha256(content.read()).hexdigest()[:12])
