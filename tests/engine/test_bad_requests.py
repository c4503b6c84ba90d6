"""Requests that nobody should send: whatever comes, the engine answers in a sentence, and writes nowhere else."""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import docker
import pytest
from engine import wild
from engine.conftest import serving
from engine.test_socket import asked, sent
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dockyard.containers.blobs import BlobStore
from dockyard.containers.images import Images
from dockyard.containers.table import ImageTable
from dockyard.sandbox.engine import Engine

#: what changes a file system, as Python names it to who watches; where the path and its folder's descriptor stand
CHANGES = {
    "os.mkdir": (0, 2), "os.remove": (0, 1), "os.rmdir": (0, 1), "os.chmod": (0, 2), "os.utime": (0, 3),
    "os.rename": (1, 3), "os.symlink": (1, 2), "os.link": (1, 3), "os.truncate": (0, None), "open": (0, None),
}  # fmt: skip
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


class Watch(logging.Handler):
    """What the engine's threads write outside of a folder (Python's bytecode apart), and each traceback logged."""

    def __init__(self, inside: Path) -> None:
        super().__init__()
        self.inside = str(inside)
        self.watching = True
        self.seen: list[str] = []
        sys.addaudithook(self.hear)

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info or record.levelno >= logging.ERROR:
            self.seen.append(self.format(record))

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.watching and event in CHANGES and threading.current_thread() is not threading.main_thread():
            at, folder = CHANGES[event]
            if event != "open" or (arguments[2] or 0) & WRITING:
                self.judge(event, arguments[at], arguments[folder] if folder is not None else -1)

    def judge(self, event: str, path: object, folder: int) -> None:
        if isinstance(path, str | bytes | os.PathLike):
            text = os.fsdecode(path)
            if not text.startswith("/") and folder >= 0:
                text = os.path.join(os.readlink(f"/proc/self/fd/{folder}"), text)
            ours = not text.startswith("/") or text.startswith(self.inside)
            if not ours and text != "/dev/null" and "/__pycache__" not in text:
                self.seen.append(f"{event} {text}")


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder with all that the engine may write to, and a neighbour that it may not."""
    with tempfile.TemporaryDirectory(prefix="dy") as name, pytest.MonkeyPatch.context() as patch:
        place = Path(os.path.realpath(name))
        (place / "in" / "tmp").mkdir(parents=True)
        (place / "outside").mkdir()
        (place / "outside" / "secret").write_text("secret")
        patch.setattr(tempfile, "tempdir", str(place / "in" / "tmp"))
        yield place


@pytest.fixture(scope="module")
def watch(place: Path) -> Iterator[Watch]:
    watch = Watch(place / "in")
    logging.getLogger().addHandler(watch)
    yield watch
    logging.getLogger().removeHandler(watch)
    watch.watching = False


@pytest.fixture(scope="module")
def busy(place: Path, watch: Watch) -> Iterator[Engine]:
    """An engine with an image, a container, and one that runs."""
    images = Images(BlobStore(place / "in" / "blobs"), ImageTable(place / "in", now=time.time))
    with serving(place / "in" / "d", images, place / "in" / "c") as engine:
        client = docker.DockerClient(base_url=engine.address, timeout=30)
        client.images.pull("python:3.11-slim")
        client.close()
        ensure(engine)
        assert not watch.seen
        yield engine


def ensure(engine: Engine) -> None:
    """Have the two containers that requests are about, whatever became of them."""
    for name, command in (("one", ["python", "-V"]), ("live", ["sleep", "600"])):
        body = {"Image": "python:3.11-slim", "Cmd": command, "HostConfig": {"Binds": ["data:/data"]}}
        if asked(engine, "GET", f"/containers/{name}/json")[0] == 404:
            asked(engine, "POST", "/images/create?fromImage=python&tag=3.11-slim")
            assert asked(engine, "POST", f"/containers/create?name={name}", json.dumps(body).encode())[0] == 201
    asked(engine, "POST", "/containers/live/start")


def assert_unharmed(engine: Engine, place: Path, watch: Watch) -> None:
    assert asked(engine, "GET", "/_ping") == (200, "OK")
    assert watch.seen == []
    until = time.monotonic() + 10  # what a client began is carried out when it has gone, too
    while (
        left := [*(place / "in/tmp").iterdir(), *(place / "in/blobs/uploads").iterdir()]
    ) and time.monotonic() < until:
        time.sleep(0.005)
    assert left == []
    assert sorted(each.name for each in place.iterdir()) == ["in", "outside"]
    assert [(each.name, each.read_text()) for each in (place / "outside").iterdir()] == [("secret", "secret")]


def is_sentence(status: int, said: str) -> bool:
    fault = "failed inside" in said or "Traceback" in said
    return not fault and (status < 500 or status in (501, 503) or "port is already allocated" in said)


def answers(data: bytes) -> list[tuple[int, str]]:
    """Every answer in what came back, each with what follows its status line."""
    parts = re.split(rb"HTTP/1\.1 (\d{3}) ", data)
    return [(int(code), rest.decode("latin-1")) for code, rest in zip(parts[1::2], parts[2::2], strict=True)]


many = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


@many
@given(storm=st.lists(wild.anything, min_size=1, max_size=6))
def test_a_storm_of_builds_and_requests_is_weathered(
    busy: Engine, place: Path, watch: Watch, storm: list[wild.Sent]
) -> None:
    with ThreadPoolExecutor(3) as crowd:
        came = list(crowd.map(lambda one: sent(busy, one.on_the_wire()), storm))
    for one, data in zip(storm, came, strict=True):
        for status, said in answers(data):
            assert is_sentence(status, said), (one, data[:600])
    assert_unharmed(busy, place, watch)
    ensure(busy)


@pytest.mark.parametrize("kind", wild.BOMBS)
def test_what_has_hurt_others_is_built_or_refused(busy: Engine, place: Path, watch: Watch, kind: str) -> None:
    archive = wild.bomb(kind)
    ways = [("POST", "/build?q=1"), ("PUT", "/containers/live/archive?path=/tmp"), ("POST", "/images/load")]
    for method, path in ways[: 1 if len(archive) > 4 << 20 else 3]:  # ten thousand files take their time
        status, said = asked(busy, method, path, archive)
        assert is_sentence(status, said), (method, path, said)
        assert '"error"' not in said or "errorDetail" in said
    assert_unharmed(busy, place, watch)


@many
@given(
    body=wild.bodies | wild.likely,
    host=st.dictionaries(st.sampled_from(wild.HOST), wild.values, max_size=4) | wild.likely_host,
    name=wild.words,
)
def test_any_container_is_made_or_refused(
    busy: Engine, place: Path, watch: Watch, body: Any, host: Any, name: str
) -> None:
    text = json.dumps({**body, "Image": "python:3.11-slim", "HostConfig": host}).encode()
    query = urlencode({"name": name}, errors="replace")
    status, said = asked(busy, "POST", f"/containers/create?{query}", text)
    assert is_sentence(status, said), (text, said)
    if status == 201:
        identifier = json.loads(said)["Id"]
        assert asked(busy, "GET", f"/containers/{identifier}/json")[0] == 200
        assert asked(busy, "GET", "/containers/json?all=1")[0] == 200
        assert asked(busy, "DELETE", f"/containers/{identifier}?force=1&v=1")[0] == 204
    assert_unharmed(busy, place, watch)


@many
@given(body=wild.commands, start=wild.json_texts, headers=wild.headers)
def test_any_command_is_run_or_refused(
    busy: Engine, place: Path, watch: Watch, body: bytes, start: bytes, headers: str
) -> None:
    status, said = asked(busy, "POST", "/containers/live/exec", body)
    assert is_sentence(status, said), (body, said)
    if status == 201:
        identifier = json.loads(said)["Id"]
        came = sent(busy, wild.Sent("POST", f"/exec/{identifier}/start", start, headers).on_the_wire())
        assert all(is_sentence(*answer) for answer in answers(came)), (body, start, came)
        assert asked(busy, "GET", f"/exec/{identifier}/json")[0] == 200
    assert_unharmed(busy, place, watch)


@many
@given(data=st.binary(max_size=200), lines=st.lists(st.text(st.characters(codec="latin-1"), max_size=30), max_size=4))
def test_any_bytes_are_answered_or_closed(
    busy: Engine, place: Path, watch: Watch, data: bytes, lines: list[str]
) -> None:
    head = "GET /info HTTP/1.1\r\nHost: d\r\n" + "".join(f"X-{line}\r\n" for line in lines) + "\r\n"
    for given_ in (data + b"\r\n\r\n", head.encode("latin-1")):
        assert all(is_sentence(*answer) for answer in answers(sent(busy, given_)))
    assert_unharmed(busy, place, watch)
