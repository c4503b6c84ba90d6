"""The Dockerfiles of tests/dockerfiles built by us and by a real engine, from the same base; what differs is said.

    DOCKER_HOST=unix:///… dockerfiles.py [CASE …]      the real engine; env/ci/dockerfiles.sh starts one

Both are asked by the same docker CLI. Compared are the sentence of a build that is refused, the configuration, and the
file tree, which the real engine exports of its own image and of ours alike (so it reads ours). A case lists what may
differ in its expect.toml under `differs`, with the reason; a difference listed and not seen is a failure too.
Knows nothing about RUN's own promises: a case with RUN is built by them on the base with this machine's shell in it.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import docker

from dockyard.containers.bases import BASES, base_draft
from dockyard.containers.blobs import BlobStore
from dockyard.containers.filesystem import FileEntry
from dockyard.containers.images import Image, Images
from dockyard.containers.oci import Layer, Platform
from dockyard.containers.table import ImageTable
from dockyard.sandbox.engine import Engine

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests"))
from dockerfile_cases import Case, all_cases

#: as `docker inspect` names them; what is compared is each image's own, whatever order lists of pairs have
_NAMES = "Cmd Entrypoint Env ExposedPorts Healthcheck Labels OnBuild Shell StopSignal User Volumes WorkingDir"
SETTINGS = _NAMES.split()
#: what `docker create` makes in every container, useradd's own copies, and where we write down what a RUN was
LEFT_OUT = re.compile(
    r"/(dev|proc|sys|\.dockerenv|etc/(hosts|hostname|resolv\.conf|mtab|passwd-|group-|\.pwd\.lock)|var/lib/dockyard)(/.*)?"
)
#: kind, and by kind mode, owner, size and digest, or target
Seen = tuple[str | int, ...]
Tree = dict[str, Seen]
#: a RUN's programs, of this machine; and those that have nothing to install from
_PROGRAMS = (
    "/bin/sh /bin/bash /bin/mkdir /bin/chmod /bin/chown /bin/rm /bin/ln /bin/touch /bin/cp /bin/mv /bin/cat /bin/echo "
    "/bin/true /bin/false /usr/bin/id /usr/sbin/useradd /usr/sbin/groupadd /usr/sbin/nologin"
)
PROGRAMS = _PROGRAMS.split()
NOTHING_TO_DO = (
    "usr/local/bin/pip",
    "usr/local/bin/pip3",
    "usr/local/bin/python",
    "usr/bin/apt-get",
    "var/lang/bin/pip3",
)


def runs(case: Case) -> bool:
    """Whether building it takes a shell."""
    return bool(re.search(r"^\s*(ONBUILD\s+)?RUN\b", case.text, re.MULTILINE | re.IGNORECASE))


def bases(case: Case) -> list[str]:
    """The bases of the table that it names, by themselves or in its `bases`."""
    named = set(re.findall(r"[a-z0-9./-]+:[a-z0-9.-]+", case.text))
    return sorted((named & BASES.keys()) | set(case.expected.get("bases", [])))


def command(case: Case, context: Path) -> list[str]:
    """The docker build that both engines are asked for."""
    options = [f"--build-arg={name}={value}" for name, value in case.order.get("arguments", {}).items()]
    options += [f"--label={name}={value}" for name, value in case.order.get("labels", {}).items()]
    options += [f"--{name}={case.order[name]}" for name in ("target", "platform") if name in case.order]
    if "dockerfile" in case.order:
        options.append(f"--file={context / case.order['dockerfile']}")
    return ["docker", "build", "--no-cache", f"--tag=case-{case.name}", *options, str(context)]


@contextmanager
def our_engine(folder: Path) -> Iterator[tuple[str, Images]]:
    """Our engine on a socket, in a thread; its address and its images."""
    images = Images(BlobStore(folder / "blobs"), ImageTable(folder / "images.json", now=time.time))
    ready, ended = threading.Event(), asyncio.Event()
    loops: list[asyncio.AbstractEventLoop] = []

    async def serve() -> None:
        loops.append(asyncio.get_running_loop())
        engine = Engine(folder / "ours.sock", images)
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


def ordered(value: Any) -> Any:
    """Nothing said is nothing; environment variables are a set of pairs."""
    return value or None


def differences(theirs: Mapping[str, Any], ours: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """What is not the same, by name."""
    names = sorted({*theirs, *ours})
    return {
        f"{prefix}{name}": f"theirs {theirs.get(name)!r}, ours {ours.get(name)!r}"
        for name in names
        if ordered(theirs.get(name)) != ordered(ours.get(name))
    }


class Comparison:
    """Builds one case after another by both."""

    def __init__(self, ours: str, images: Images) -> None:
        self._address = ours
        self._ours = docker.DockerClient(base_url=ours, timeout=60)
        self._images = images
        self._theirs = Theirs(images)

    def found(self, case: Case) -> dict[str, str]:
        """Every difference of one case, listed or not."""
        platform = Platform.parse(case.order.get("platform") or case.expected.get("platform", ""))
        for name in bases(case):
            self._theirs.hold(name, platform, runs(case))
        with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(2) as pool:
            context = case.lay_out(Path(name) / "context")
            both = pool.map(lambda host: self._build(case, context, host), (os.environ["DOCKER_HOST"], self._address))
            theirs, ours = both
        if theirs or ours:
            return {} if _same_sentence(theirs, ours) else {"error": f"theirs {theirs!r}, ours {ours!r}"}
        tag = f"case-{case.name}"
        return {**self._settings(tag), **self._files(tag)}

    def _build(self, case: Case, context: Path, host: str) -> str:
        """Build by one engine; the sentence of its refusal, or nothing."""
        environment = {**os.environ, "DOCKER_HOST": host, "DOCKER_BUILDKIT": "0", "DOCKER_CONFIG": str(context.parent)}
        done = subprocess.run(command(case, context), env=environment, capture_output=True, text=True, check=False)
        lines = [line for line in done.stderr.splitlines() if line and not line.startswith(("DEPRECATED", " "))]
        return "\n".join(lines).removeprefix("Error response from daemon: ") if done.returncode else ""

    def _settings(self, tag: str) -> dict[str, str]:
        theirs, ours = (client.api.inspect_image(tag) for client in (self._theirs.client, self._ours))
        pair = [{name: each["Config"].get(name) for name in SETTINGS} for each in (theirs, ours)]
        pair[0]["Architecture"], pair[1]["Architecture"] = theirs["Architecture"], ours["Architecture"]
        return differences(pair[0], pair[1])

    def _files(self, tag: str) -> dict[str, str]:
        """Both trees as the real engine sees them; and ours as we read it, but for what a container's start makes."""
        image = self._images.image(tag)
        self._theirs.load(archive(image, f"ours-{tag}:latest"))
        theirs, ours = self._theirs.tree(tag), self._theirs.tree(f"ours-{tag}")
        config = image.configuration["config"]
        made = {"/etc", config.get("WorkingDir"), *(path.rstrip("/") for path in config.get("Volumes") or {})}
        read = {path: _read(image, entry) for path, entry in image.files().items() if not LEFT_OUT.fullmatch(path)}
        exported = {path: seen for path, seen in ours.items() if path in read or path not in made}
        return {**differences(theirs, ours), **differences(exported, read, "read ")}


def _read(image: Image, entry: FileEntry) -> Seen:
    if entry.kind == "link":
        return ("link", entry.target)
    owner = (oct(entry.mode), entry.uid, entry.gid)
    if entry.kind == "directory":
        return ("directory", *owner)
    with image.open_file(entry) as content:
        return ("file", *owner, entry.size, hashlib.sha256(content.read()).hexdigest()[:12])


def _same_sentence(theirs: str, ours: str) -> bool:
    """Ours says what theirs says, and goes on with a rule or the line."""
    return bool(theirs and ours) and ours.startswith(theirs.rstrip(".").splitlines()[-1])


def main(names: list[str]) -> int:
    """Compare the cases named (all where none is); 1 where one differs in what it does not list."""
    cases = [case for case in all_cases() if not names or case.name in names]
    failed = 0
    with tempfile.TemporaryDirectory(prefix="dy") as name, our_engine(Path(name)) as (address, images):
        comparison = Comparison(address, images)
        for case in cases:
            found, listed = comparison.found(case), case.expected.get("differs", {})
            wrong = {name: what for name, what in found.items() if name not in listed}
            wrong |= {name: "is listed and does not differ" for name in listed if name not in found}
            failed += bool(wrong)
            print(f"{'differs' if wrong else 'same' if not listed else 'as listed':9} {case.name}", flush=True)
            for where, what in list(wrong.items())[:12]:
                print(f"          {where}: {what}")
    print(f"{len(cases) - failed} of {len(cases)} Dockerfiles as the real engine builds them, or as listed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
