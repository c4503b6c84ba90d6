"""Images: lab 1's built by the docker CLI, 200 MB pushed by skopeo, 2 GB pushed and pulled in little memory.

Knows nothing about how images are kept; it asks with real clients. The peer is Debian's docker-registry, on the same
disk. Needs docker, skopeo and docker-registry.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib.metadata import version
from pathlib import Path
from statistics import median

import psutil
from report import RUNS, Found, Row, amount, spread, timed
from servers import DOCKYARD, ROOT, Server, free_port, serving

LAB = ROOT / "labs" / "01-dockerize"
DOCKERFILE = """\
FROM python:3.12-slim
RUN useradd --system app
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
USER app
ENV PORT=8080
EXPOSE 8080
CMD ["python", "app.py"]
"""
PUSHED, LARGE = 200_000_000, 2_000_000_000
PIECE = 1 << 20
OCI = "application/vnd.oci.image"


def measure() -> Found:
    """Builds, then pushes in turn, then the large layer once."""
    missing = [name for name in ("docker", "skopeo", "docker-registry") if not shutil.which(name)]
    if missing:
        raise RuntimeError(f"{', '.join(missing)} not installed")
    cold, cached = _builds()
    with tempfile.TemporaryDirectory(prefix="bench-", dir="/var/tmp") as name:
        ours, theirs = _pushes(Path(name))
        peak, growth, seconds = _large(Path(name))
    rows = [
        Row("images: lab 1's built cold, docker CLI", median(cold), "s", 1.0),
        Row("images: lab 1's built again", median(cached), "s", 0.2),
        Row("images: push of 200 MB, skopeo", median(ours), "s", 2.0, "docker-registry", median(theirs)),
        Row("images: memory for 2 GB pushed and pulled", growth, "MB", 100),
    ]
    notes = [
        *(spread(what, runs) for what, runs in (("cold", cold), ("again", cached))),
        *(spread(what, runs) for what, runs in (("push to dockyard", ours), ("push to docker-registry", theirs))),
        f"2 GB by skopeo to us and back, by our engine from docker-registry and back: {amount(seconds)} s; the process "
        f"peaked at {amount(peak)} MB",
    ]
    return Found(rows, notes)


def _builds() -> tuple[list[float], list[float]]:
    cold, cached = list[float](), list[float]()
    for run in range(RUNS + 1):
        with serving(DOCKYARD) as server:
            folder = server.home / "credit"
            shutil.copytree(LAB, folder)
            (folder / "Dockerfile").write_text(DOCKERFILE)
            pins = [f"{name}=={version(name)}\n" for name in ("flask", "scikit-learn")]  # as the lab's pin step wants
            (folder / "requirements.txt").write_text("".join(pins))
            (folder / "model.pkl").write_bytes(os.urandom(100_000))
            build = partial(_done, ["docker", "build", "--tag", "credit:1", str(folder)], server.variables)
            seconds = [timed(build) for _ in range(2)]
        if run:
            cold.append(seconds[0])
            cached.append(seconds[1])
    return cold, cached


def _done(command: list[str], variables: dict[str, str] | None = None) -> None:
    environment = {**os.environ, **(variables or {}), "DOCKER_BUILDKIT": "0"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[:3])}: {done.stderr.strip()[-400:]}")


def layout(folder: Path, size: int) -> str:
    """An OCI layout with one image of one layer of so many random bytes, as skopeo names it."""
    blobs = folder / "blobs" / "sha256"
    blobs.mkdir(parents=True)
    partial = blobs / "layer"
    plain = hashlib.sha256()
    with gzip.GzipFile(partial, "wb", compresslevel=0, mtime=0) as packed:
        member = tarfile.TarInfo("model.bin")
        member.size = size
        pieces = [member.tobuf(), *(None for _ in range(size // PIECE)), bytes(size % PIECE + -size % 512 + 1024)]
        for piece in pieces:
            data = os.urandom(PIECE) if piece is None else piece
            plain.update(data)
            packed.write(data)
    layer = _named(partial, blobs, "layer.v1.tar+gzip")
    config = blobs / "config"
    rootfs = {"type": "layers", "diff_ids": [f"sha256:{plain.hexdigest()}"]}
    config.write_text(json.dumps({"architecture": "amd64", "os": "linux", "config": {}, "rootfs": rootfs}))
    described = _named(config, blobs, "config.v1+json")
    manifest = blobs / "manifest"
    kind = f"{OCI}.manifest.v1+json"
    manifest.write_text(json.dumps({"schemaVersion": 2, "mediaType": kind, "config": described, "layers": [layer]}))
    held = {**_named(manifest, blobs, "manifest.v1+json"), "annotations": {"org.opencontainers.image.ref.name": "1"}}
    (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [held]}))
    (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    return f"oci:{folder}:1"


def _named(file: Path, blobs: Path, kind: str) -> dict[str, str | int]:
    """A blob put under its digest, and its descriptor."""
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    size = file.stat().st_size
    file.rename(blobs / digest)
    return {"mediaType": f"{OCI}.{kind}", "digest": f"sha256:{digest}", "size": size}


@contextmanager
def docker_registry(folder: Path) -> Iterator[str]:
    """Debian's docker-registry on a free port; its host."""
    host = f"127.0.0.1:{free_port()}"
    settings = folder / "registry.yml"
    storage = f"storage: {{filesystem: {{rootdirectory: {folder / 'registry'}}}}}"
    settings.write_text(f"version: 0.1\nlog: {{level: error}}\n{storage}\nhttp: {{addr: {host!r}}}\n")
    with (folder / "registry.log").open("w") as log:
        process = subprocess.Popen(["docker-registry", "serve", str(settings)], stdout=log, stderr=log)
    try:
        while subprocess.run(["curl", "-sf", f"http://{host}/v2/"], capture_output=True).returncode:
            time.sleep(0.02)
        yield host
    finally:
        process.terminate()
        process.wait()


def repository(server: Server) -> tuple[str, str]:
    """A repository of ours, and `user:password` for it."""
    ecr = server.client("ecr")
    uri = ecr.create_repository(repositoryName="credit")["repository"]["repositoryUri"]
    token = ecr.get_authorization_token()["authorizationData"][0]["authorizationToken"]
    return uri, base64.b64decode(token).decode()


def skopeo(*words: str) -> None:
    """Run skopeo without a policy and without TLS."""
    _done(["skopeo", "--insecure-policy", "copy", *words])


def _pushes(folder: Path) -> tuple[list[float], list[float]]:
    """The same image to both, in turn; each run another."""
    ours, theirs = list[float](), list[float]()
    with serving(DOCKYARD) as server, docker_registry(folder) as host:
        uri, login = repository(server)
        for run in range(RUNS + 1):
            source = folder / "layout"
            image = layout(source, PUSHED)
            plain = ("--dest-tls-verify=false", image)
            peer = timed(partial(skopeo, *plain, f"docker://{host}/credit:{run}"))
            mine = timed(partial(skopeo, "--dest-creds", login, *plain, f"docker://{uri}:{run}"))
            shutil.rmtree(source)
            if run:
                ours.append(mine)
                theirs.append(peer)
    return ours, theirs


def _large(folder: Path) -> tuple[float, float, float]:
    """Megabytes at the peak and above the rest, and seconds: 2 GB to us and back, and by our engine both ways."""
    image = layout(folder / "large", LARGE)
    with serving(DOCKYARD) as server, docker_registry(folder) as host:
        uri, login = repository(server)
        skopeo("--dest-tls-verify=false", image, f"docker://{host}/large:1")
        process = server.process.pid
        rest = psutil.Process(process).memory_info().rss
        Path(f"/proc/{process}/clear_refs").write_text("5")  # the peak is counted from here
        began = time.perf_counter()
        skopeo("--dest-tls-verify=false", "--dest-creds", login, image, f"docker://{uri}:large")
        skopeo("--src-tls-verify=false", "--src-creds", login, f"docker://{uri}:large", f"dir:{folder / 'back'}")
        shutil.rmtree(folder / "back")
        for command in (
            ["pull", f"{host}/large:1"],
            ["tag", f"{host}/large:1", f"{host}/again:1"],
            ["push", f"{host}/again:1"],
        ):
            _done(["docker", *command], server.variables)
        seconds = time.perf_counter() - began
        peak = _peak(process)
    return peak / 1e6, (peak - rest) / 1e6, seconds


def _peak(process: int) -> float:
    status = Path(f"/proc/{process}/status").read_text()
    return float(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) * 1024
