"""What runtime tests stand on: images built from texts, and containers in each isolation that works here."""

from __future__ import annotations

import asyncio
import io
import sys
import tarfile
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from dockyard.containers.blobs import BlobStore
from dockyard.containers.build import Build, Order
from dockyard.containers.context import Context
from dockyard.containers.images import Images
from dockyard.containers.table import ImageTable
from dockyard.packages.distributions import Distributions
from dockyard.runtime.container import Container
from dockyard.runtime.containers import Containers
from dockyard.runtime.interpreters import Interpreters
from dockyard.runtime.isolation import Isolation
from dockyard.runtime.isolations import choose
from dockyard.runtime.machine import Machine
from dockyard.runtime.plain import Plain
from dockyard.runtime.wanted import Wanted

SERVER = """
import http.server, os, signal, sys, threading

class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(os.environ.get("NAME", "ok").encode())

server = http.server.ThreadingHTTPServer((os.environ.get("HOST", "0.0.0.0"), 8080), Answer)
if "POLITE" in os.environ:
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
print("serving", flush=True)
server.serve_forever()
print("goodbye")
"""
BASE = f"python:3.{sys.version_info[1]}-slim"
DOCKERFILE = f"""
FROM {BASE}
RUN groupadd -g 1234 app && useradd -u 1234 -g app app
WORKDIR /app
COPY . .
COPY --chown=app:app mine /app/mine
CMD ["python", "server.py"]
"""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def images(tmp_path_factory: pytest.TempPathFactory) -> Images:
    folder = tmp_path_factory.mktemp("images")
    packages = Distributions(folder / "packages")
    return Images(BlobStore(folder / "blobs"), ImageTable(folder), packages)


@pytest.fixture(scope="session")
def build(images: Images, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Build an image from texts and return its name."""
    folder = tmp_path_factory.mktemp("contexts")

    def make(name: str, dockerfile: str, **files: str) -> str:
        archive = folder / f"{name}.tar"
        with tarfile.open(archive, "w") as tar:
            for path, text in {"Dockerfile": dockerfile, **files}.items():
                member = tarfile.TarInfo(path.replace("_py", ".py").replace("__", "/"))
                member.size, member.mode = len(text.encode()), 0o644
                tar.addfile(member, io.BytesIO(text.encode()))
        with Context(archive) as context:
            Build(images, context, Order(tags=(name,))).run(lambda _: None)
        return name

    return make


@pytest.fixture(scope="session")
def server(build: Callable[..., str]) -> str:
    return build("server", DOCKERFILE, server_py=SERVER, mine="0")


@pytest.fixture(scope="session")
def shell(build: Callable[..., str]) -> str:
    return build("shell", "FROM debian:bookworm-slim\nRUN useradd -u 1234 app\nWORKDIR /place\n")


@pytest.fixture(scope="session", params=["namespaces", "plain"])
def isolation(request: pytest.FixtureRequest) -> Iterator[Isolation]:
    if request.param == "plain":
        yield Plain()
        return
    choice = choose(Interpreters().own)
    if choice.isolation.name != "namespaces":
        pytest.skip(f"no namespaces here: {choice.why}")
    yield choice.isolation


@pytest.fixture
def machine(images: Images, isolation: Isolation, tmp_path: Path) -> Machine:
    assert images.distributions
    return Machine(tmp_path / "unpacked", images.distributions, isolation)


@dataclass
class Running:
    """Containers, and the shortest way to use them."""

    containers: Containers
    folder: Path

    @property
    def plain(self) -> bool:
        return self.containers.isolation == "plain"

    async def start(self, image: str, *command: str, **wanted: object) -> Container:
        container = await self.containers.create(Wanted(image, command or None, **wanted))  # type: ignore[arg-type]
        await container.start()
        return container

    async def run(self, image: str, *command: str, **wanted: object) -> tuple[int, str, str]:
        """Exit code, output and errors of a command."""
        container = await self.start(image, *command, **wanted)
        code = await container.wait()
        out = b"".join(record.data for record in container.log.read(stderr=False))
        said = [record.data for record in container.log.read(stdout=False) if record.stream == "stderr"]
        return code, out.decode(), b"".join(said).decode()

    async def get(self, container: Container, port: int = 8080) -> str:
        """The body of an answer, asked for until the server is up; its log where it ends instead."""
        while container.state.running:
            try:
                reader, writer = await container.dial(port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.01)
                continue
            writer.write(b"GET / HTTP/1.0\r\n\r\n")
            answer = await reader.read()
            writer.close()
            return answer.partition(b"\r\n\r\n")[2].decode()
        return b"".join(record.data for record in container.log.read()).decode()


@pytest.fixture
async def running(images: Images, machine: Machine, tmp_path: Path) -> AsyncIterator[Running]:
    containers = Containers(tmp_path, images, machine)
    yield Running(containers, tmp_path)
    await containers.close()
