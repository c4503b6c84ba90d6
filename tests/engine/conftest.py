"""What engine tests stand on: a real engine on a real socket in a thread, and a registry to push to."""

from __future__ import annotations

import asyncio
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import docker
import pytest
from engine.registry_stand_in import RegistryStandIn

from dockyard.containers.blobs import BlobStore
from dockyard.containers.images import Images
from dockyard.containers.table import ImageTable
from dockyard.packages.distributions import Distributions
from dockyard.runtime.containers import Containers
from dockyard.runtime.machine import Machine
from dockyard.sandbox.engine import Engine


@contextmanager
def serving(path: Path, images: Images, containers: Path) -> Iterator[Engine]:
    """An engine in a loop and a thread of its own."""
    machine = Machine(containers / "unpacked", images.distributions or Distributions(containers / "packages"))
    engine = Engine(path, lambda: images, lambda: Containers(containers, images, machine))
    ready, done = threading.Event(), asyncio.Event()
    loops: list[asyncio.AbstractEventLoop] = []

    async def serve() -> None:
        loops.append(asyncio.get_running_loop())
        await engine.start()
        ready.set()
        await done.wait()
        await engine.stop()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    try:
        assert ready.wait(10), "the engine did not start"
        yield engine
    finally:
        loops[0].call_soon_threadsafe(done.set)
        thread.join()


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A folder whose sockets have short names, unlike pytest's."""
    with tempfile.TemporaryDirectory(prefix="dy") as name:
        yield Path(name)


@pytest.fixture
def images(tmp_path: Path) -> Images:
    ticks = iter(range(1_800_000_000, 1_900_000_000))
    return Images(BlobStore(tmp_path / "blobs"), ImageTable(tmp_path, now=lambda: float(next(ticks))))


@pytest.fixture
def engine(short_folder: Path, images: Images) -> Iterator[Engine]:
    with serving(short_folder / "docker.sock", images, short_folder / "containers") as running:
        yield running


@pytest.fixture
def client(engine: Engine) -> Iterator[docker.DockerClient]:
    client = docker.DockerClient(base_url=engine.address, timeout=30)
    yield client
    client.close()


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[RegistryStandIn]:
    with RegistryStandIn(tmp_path / "registry", password="secret") as running:
        yield running


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder as a learner would have it."""
    folder = tmp_path / "project"
    folder.mkdir()
    lines = ["FROM python:3.12-slim", "WORKDIR /app", "COPY requirements.txt .", "RUN pip install -r requirements.txt"]
    (folder / "Dockerfile").write_text("\n".join([*lines, "COPY . .", "USER 1000", 'CMD ["python", "app.py"]', ""]))
    (folder / "requirements.txt").write_text("flask==3.0.3\n")
    (folder / "app.py").write_text("print('hello')\n")
    (folder / ".dockerignore").write_text("secret.env\n")
    (folder / "secret.env").write_text("KEY=1\n")
    return folder
