"""Requests that nobody should send: whatever comes, the engine answers in a sentence, and writes nowhere else."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import docker
import pytest
from engine.conftest import serving
from engine.test_socket import asked, sent
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dockyard.containers.blobs import BlobStore
from dockyard.containers.images import Images
from dockyard.containers.table import ImageTable
from dockyard.sandbox.engine import Engine


def words_of(text: str) -> list[str]:
    return text.split()


PATHS = words_of(
    """/_ping /version /info /auth /build /images/json /images/create /images/load /images/get /images/prune
/images/{}/get /images/{}/json /images/{}/history /images/{}/tag /images/{}/push /images/{} /containers/create
/containers/json /containers/prune /containers/{}/json /containers/{}/logs /containers/{}/start /containers/{}/stop
/containers/{}/restart /containers/{}/kill /containers/{}/attach /containers/{}/rename /containers/{}/resize
/containers/{}/exec /containers/{}/archive /containers/{} /exec/{}/start /exec/{}/json /exec/{}/resize /networks
/networks/{} /networks/create /volumes /volumes/create /volumes/prune /volumes/{} /session /events /swarm /{}"""
)
QUERIES = words_of(
    """filters all limit name force v t signal condition tail since until stdout stderr follow timestamps stream
stdin logs h w fromImage tag repo names quiet buildargs labels dockerfile target platform path noOverwriteDirNonDir
version q nocache remote"""
)
KEYS = words_of(
    """Cmd Entrypoint Env User WorkingDir Labels Hostname Tty OpenStdin StopSignal StopTimeout ExposedPorts Volumes
Healthcheck HostConfig Name Driver DriverOpts Detach AttachStdin Privileged username password serveraddress"""
)
HOST = words_of(
    """Binds Mounts PortBindings PublishAllPorts Memory NanoCpus CpuQuota CpuPeriod AutoRemove NetworkMode LogConfig
RestartPolicy CapAdd Devices Ulimits Test Interval Retries Type Source Target ReadOnly HostIp HostPort"""
)

words = st.one_of(
    st.sampled_from(
        ["", "one", "python:3.11-slim", "../../x", "/etc/passwd", "%00", "sha256:" + "0" * 64, "1", "-1", "x:y:z"]
    ),
    st.text(max_size=12),
)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(HOST) | words, inner, max_size=3),
    max_leaves=8,
)
bodies = st.dictionaries(st.sampled_from(KEYS), values, max_size=5)
texts = st.lists(words, max_size=3)
mapping = st.dictionaries(words, words, max_size=2)
bindings = st.lists(st.fixed_dictionaries({}, optional={"HostIp": words, "HostPort": words}), max_size=2)
mounts = st.fixed_dictionaries({}, optional={"Type": st.sampled_from(["bind", "volume", "tmpfs"]), "Source": words,
                                             "Target": words, "ReadOnly": st.booleans()})  # fmt: skip
ports = words | st.integers(-1, 70000).map(lambda number: f"{number}/tcp")
likely = st.fixed_dictionaries({}, optional={
    "Cmd": texts, "Entrypoint": texts, "Env": texts, "User": words, "WorkingDir": words, "Labels": mapping,
    "ExposedPorts": st.dictionaries(ports, st.just({})), "Volumes": st.dictionaries(words, st.just({})),
    "Healthcheck": st.fixed_dictionaries({"Test": texts}, optional={"Interval": st.integers()}),
    "StopSignal": words, "StopTimeout": st.integers(), "Hostname": words,
})  # fmt: skip
likely_host = st.fixed_dictionaries({}, optional={
    "Binds": texts, "Mounts": st.lists(mounts, max_size=2), "PortBindings": st.dictionaries(ports, bindings),
    "PublishAllPorts": st.booleans(), "Memory": st.integers(), "NanoCpus": st.integers(), "NetworkMode": words,
    "CpuQuota": st.integers(), "CpuPeriod": st.integers(),
})  # fmt: skip
queries = st.dictionaries(st.sampled_from(QUERIES), words | values.map(json.dumps), max_size=4)


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="dy") as name:
        yield Path(name)


@pytest.fixture(scope="module")
def busy(place: Path) -> Iterator[Engine]:
    """An engine with an image and a container."""
    images = Images(BlobStore(place / "in" / "blobs"), ImageTable(place / "in" / "images.json", now=time.time))
    with serving(place / "in" / "d", images, place / "in" / "c") as engine:
        client = docker.DockerClient(base_url=engine.address, timeout=30)
        client.images.pull("python:3.11-slim")
        client.containers.create("python:3.11-slim", ["python", "-V"], name="one")
        client.close()
        yield engine


def is_sentence(status: int, said: str) -> bool:
    fault = "failed inside" in said or "Traceback" in said
    return not fault and (status < 500 or status in (501, 503) or "port is already allocated" in said)


many = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@many
@given(
    method=st.sampled_from(["GET", "POST", "DELETE", "HEAD", "PUT"]),
    path=st.sampled_from(PATHS),
    word=words,
    query=queries,
    body=bodies | values,
)
def test_any_request_is_answered(
    busy: Engine, place: Path, method: str, path: str, word: str, query: dict[str, str], body: Any
) -> None:
    target = f"{path.format(quote(word.encode('utf-8', 'replace')))}?{urlencode(query, errors='replace')}"
    text = json.dumps(body).encode()
    status, said = asked(busy, method, target, text, "Content-Type: application/json\r\n")
    assert is_sentence(status, said), (method, target, text, said)
    assert [each.name for each in place.iterdir()] == ["in"]


@many
@given(body=bodies | likely, host=st.dictionaries(st.sampled_from(HOST), values, max_size=4) | likely_host, name=words)
def test_any_container_is_made_or_refused(busy: Engine, place: Path, body: Any, host: Any, name: str) -> None:
    text = json.dumps({**body, "Image": "python:3.11-slim", "HostConfig": host}).encode()
    query = urlencode({"name": name}, errors="replace")
    status, said = asked(busy, "POST", f"/containers/create?{query}", text)
    assert is_sentence(status, said), (text, said)
    if status == 201:
        identifier = json.loads(said)["Id"]
        assert asked(busy, "GET", f"/containers/{identifier}/json")[0] == 200
        assert asked(busy, "GET", "/containers/json?all=1")[0] == 200
        assert asked(busy, "DELETE", f"/containers/{identifier}?force=1&v=1")[0] == 204
    assert [each.name for each in place.iterdir()] == ["in"]


@many
@given(data=st.binary(max_size=200), lines=st.lists(st.text(st.characters(codec="latin-1"), max_size=30), max_size=4))
def test_any_bytes_are_answered_or_closed(busy: Engine, data: bytes, lines: list[str]) -> None:
    answer = sent(busy, data + b"\r\n\r\n")
    assert b" 500 " not in answer.partition(b"\r\n")[0]
    head = "GET /info HTTP/1.1\r\nHost: d\r\n" + "".join(f"X-{line}\r\n" for line in lines) + "\r\n"
    answer = sent(busy, head.encode("latin-1"))
    assert b" 500 " not in answer.partition(b"\r\n")[0]
