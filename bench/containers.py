"""Containers as processes: from start to the first answer, and five hundred started and stopped.

Knows nothing about Docker's API: what is measured is the runtime below it, in the isolation that this machine allows.
"""

from __future__ import annotations

import asyncio
import io
import sys
import tarfile
import tempfile
import time
from pathlib import Path
from statistics import median

from report import RUNS, Found, Row, spread

from dockyard.containers.blobs import BlobStore
from dockyard.containers.build import Build, Order
from dockyard.containers.context import Context
from dockyard.containers.images import Images
from dockyard.containers.table import ImageTable
from dockyard.packages.distributions import Distributions
from dockyard.runtime.containers import Containers
from dockyard.runtime.machine import Machine
from dockyard.runtime.wanted import Wanted

BASE = f"python:3.{sys.version_info[1]}-slim"
APP = """
{imported}
from flask import Flask
app = Flask(__name__)
app.get("/")(lambda: "ok")
app.run(host="0.0.0.0", port=8080)
"""
MANY, AT_ONCE = 500, 10


def measure() -> Found:
    """Two rows, and how long five hundred take."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_measure(Path(folder)))


async def _measure(folder: Path) -> Found:
    packages = Distributions(folder / "packages")
    images = Images(BlobStore(folder / "blobs"), ImageTable(folder), packages)
    _build(images, folder, "flask", "flask", "")
    _build(images, folder, "learned", "flask scikit-learn", "import sklearn.linear_model")
    containers = Containers(folder / "runtime", images, Machine(folder / "unpacked", packages))
    try:
        flask, learned = [await _first_answers(containers, name) for name in ("flask", "learned")]
        many = await _many(containers)
    finally:
        await containers.close()
    where = f"containers ({containers.isolation})"
    return Found(
        [
            Row(f"{where}: start to first answer, flask", median(flask), "s", 0.6),
            Row(f"{where}: the same with scikit-learn imported", median(learned), "s", 2.0),
        ],
        [spread("flask", flask), spread("with scikit-learn", learned), many],
    )


def _build(images: Images, folder: Path, name: str, packages: str, imported: str) -> None:
    command = '["python", "app.py"]'
    dockerfile = f"FROM {BASE}\nRUN pip install {packages}\nWORKDIR /app\nCOPY app.py .\nCMD {command}\n"
    with tarfile.open(folder / "context.tar", "w") as archive:
        for path, text in {"Dockerfile": dockerfile, "app.py": APP.format(imported=imported)}.items():
            member = tarfile.TarInfo(path)
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    with Context(folder / "context.tar") as context:
        Build(images, context, Order(tags=(name,))).run(lambda _: None)


async def _first_answers(containers: Containers, image: str) -> list[float]:
    """Seconds from creating a container to its first answer, after a warm-up."""
    return [await _first_answer(containers, image) for _ in range(RUNS + 1)][1:]


async def _first_answer(containers: Containers, image: str) -> float:
    before = time.perf_counter()
    container = await containers.create(Wanted(image))
    await container.start()
    while container.state.running:
        try:
            reader, writer = await container.dial(8080)
        except ConnectionRefusedError:
            await asyncio.sleep(0.002)
            continue
        writer.write(b"GET / HTTP/1.0\r\n\r\n")
        answer = await reader.read()
        seconds = time.perf_counter() - before
        writer.close()
        await containers.remove(container, force=True)
        assert answer.startswith(b"HTTP/1.1 200"), answer
        return seconds
    raise RuntimeError(b"".join(record.data for record in container.log.read()).decode())


async def _many(containers: Containers) -> str:
    """Five hundred, some at once; then what is left of them in this machine's processes."""
    before = time.perf_counter()
    for _ in range(MANY // AT_ONCE):
        await asyncio.gather(*(_one(containers) for _ in range(AT_ONCE)))
    seconds = time.perf_counter() - before
    left = [path for path in Path("/proc").glob("[0-9]*/environ") if _is_ours(path)]
    return f"{MANY} containers started, stopped and removed in {seconds:.0f} s; processes left: {len(left)}"


async def _one(containers: Containers) -> None:
    container = await containers.create(Wanted("flask", ("sleep", "600"), environment={"MARK": "of-the-bench"}))
    await container.start()
    await container.stop(timeout=0)
    await containers.remove(container)


def _is_ours(path: Path) -> bool:
    try:
        return b"MARK=of-the-bench" in path.read_bytes()
    except OSError:
        return False
