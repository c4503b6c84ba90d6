"""The engine as bytes on a socket: versions, refusals, malformed requests, who may connect."""

from __future__ import annotations

import asyncio
import http.client
import json
import logging
import socket
import stat
from base64 import b64encode
from pathlib import Path

import pytest

from dockyard.containers.images import Images
from dockyard.errors import SandboxError
from dockyard.sandbox.engine import Engine

#: What is sent where a JSON object is asked for.
GARBAGE = ("[1]", "5", '"x"', "{", "[" * 9000, '{"reference":5,"a":NaN}')


def sent(engine: Engine, data: bytes) -> bytes:
    """What comes back for these bytes, until the engine closes or nothing more is asked."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(60)
        connection.connect(engine.address.removeprefix("unix://"))
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        chunks = iter(lambda: connection.recv(65536), b"")
        return b"".join(chunks)


def asked(engine: Engine, method: str, path: str, body: bytes = b"", headers: str = "") -> tuple[int, str]:
    head = f"{method} {path} HTTP/1.1\r\nHost: docker\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
    answer = sent(engine, head.encode() + body)
    first, _, rest = answer.partition(b"\r\n\r\n")
    status = int(first.split()[1])
    try:
        return status, json.loads(rest)["message"]
    except (ValueError, KeyError, TypeError):
        return status, rest.decode()


def test_a_ping_says_the_version_and_no_builder(engine: Engine) -> None:
    answer = sent(engine, b"HEAD /_ping HTTP/1.1\r\nHost: docker\r\n\r\n").decode()
    assert answer.startswith("HTTP/1.1 200 OK\r\n")
    assert "Api-Version: 1.50\r\n" in answer
    assert "Ostype: linux\r\n" in answer
    assert "Docker-Experimental: false\r\n" in answer
    assert "Builder-Version" not in answer
    assert answer.endswith("\r\n\r\n")


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("/v1.41/_ping", 200, "OK"),
        ("/v1.24/_ping", 200, "OK"),
        ("/v1.50/_ping", 200, "OK"),
        ("/v1.51/_ping", 400, "client version 1.51 is too new. Maximum supported API version is 1.50"),
        ("/v2.0/_ping", 400, "client version 2.0 is too new. Maximum supported API version is 1.50"),
        (
            "/v1.23/_ping",
            400,
            "client version 1.23 is too old. Minimum supported API version is 1.24, "
            "please upgrade your client to a newer version",
        ),
        ("/v1.41/nothing", 501, "GET /nothing is not offered by this engine"),
        ("/images/no/such:1/json", 404, "No such image: no/such:1"),
        ("/containers/none/json", 404, "No such container: none"),
        ("/networks/none-such", 404, "network none-such not found"),
        ("/volumes/none", 404, "get none: no such volume"),
        ("/swarm", 501, "there is no swarm here: run containers with ECS"),
        ("/events", 501, "events are not offered by this engine: ask docker ps, or docker wait CONTAINER"),
        ("/images/json?filters={%22x%22:[%22y%22]}", 400, "invalid filter 'x'"),
    ],
)
def test_each_address_has_its_answer(engine: Engine, path: str, status: int, sentence: str) -> None:
    assert asked(engine, "GET", path) == (status, sentence)


@pytest.mark.parametrize("path", ["/session", "/grpc", "/v1.41/session", "/build?version=2", "/build/prune"])
def test_buildkit_is_told_the_way_round(engine: Engine, path: str) -> None:
    assert asked(engine, "POST", path) == (501, "this engine builds without BuildKit: run: export DOCKER_BUILDKIT=0")


def test_what_cannot_be_read_is_a_sentence(engine: Engine) -> None:
    assert asked(engine, "POST", "/auth", b"{")[0] == 400
    assert asked(engine, "GET", "/images/json?filters=[")[0] == 400
    assert asked(engine, "POST", "/build", b"no tar")[0] == 400
    assert sent(engine, b"\x16\x03\x01nonsense\r\n\r\n").startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    ("path", "body", "headers"),
    [
        *((f"/build?{name}={value}", b"", "") for name in ("buildargs", "labels") for value in GARBAGE),
        *((f"/images/json?filters={value}", b"", "") for value in GARBAGE),
        *(("/auth", value.encode(), "") for value in GARBAGE),
        *(
            ("/images/127.0.0.1:1/x/push?tag=a", b"", f"X-Registry-Auth: {b64encode(value.encode()).decode()}\r\n")
            for value in GARBAGE
        ),
    ],
)
def test_garbage_for_an_object_is_a_sentence(engine: Engine, path: str, body: bytes, headers: str) -> None:
    status, sentence = asked(engine, "GET" if "filters" in path else "POST", path, body, headers)
    assert status == 400
    assert "JSON" in sentence or "filter" in sentence


def test_an_address_that_is_none_is_answered(engine: Engine) -> None:
    assert asked(engine, "GET", "http://[/")[0] == 501


def test_one_connection_carries_many_requests(engine: Engine) -> None:
    once = b"GET /_ping HTTP/1.1\r\nHost: docker\r\n\r\n"
    refused = b"POST /nothing HTTP/1.1\r\nHost: docker\r\nContent-Length: 5\r\n\r\nhello"
    answer = sent(engine, once + refused + once)
    assert answer.count(b"HTTP/1.1 200") == 2
    assert answer.count(b"HTTP/1.1 501") == 1


def test_a_client_that_waits_for_100_is_told_to_go_on(engine: Engine) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(10)
        connection.connect(engine.address.removeprefix("unix://"))
        connection.sendall(b"POST /build HTTP/1.1\r\nHost: d\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
        connection.sendall(b"abc")
        assert connection.recv(100).startswith(b"HTTP/1.1 400 ")


def test_only_the_owner_may_connect_and_nothing_is_left_behind(short_folder: Path, images: Images) -> None:
    path = short_folder / "docker.sock"

    async def live() -> int:
        engine = Engine(path, lambda: images)
        await engine.start()
        mode = stat.S_IMODE(path.stat().st_mode)
        await engine.stop()
        return mode

    assert asyncio.run(live()) == 0o600
    assert not path.exists()


def test_an_engine_that_cannot_be_made_is_a_sentence_and_no_silence(short_folder: Path) -> None:
    async def answer() -> bytes:
        engine = Engine(short_folder / "broken.sock", lambda: Images(*[]))
        await engine.start()
        reader, writer = await asyncio.open_unix_connection(short_folder / "broken.sock")
        writer.write(b"GET /info HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\r\n")
        said = await asyncio.wait_for(reader.read(), 30)
        writer.close()
        await engine.stop()
        return said

    said = asyncio.run(answer())
    assert said.startswith(b"HTTP/1.1 500 ")
    assert b"a fault of Dockyard, not yours" in said


def test_a_stale_socket_is_replaced_and_a_live_one_is_not(engine: Engine, short_folder: Path, images: Images) -> None:
    stale = short_folder / "stale.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as left:
        left.bind(str(stale))

    async def start(path: Path) -> None:
        second = Engine(path, lambda: images)
        await second.start()
        await second.stop()

    asyncio.run(start(stale))
    with pytest.raises(SandboxError, match="Another engine serves on"):
        asyncio.run(start(short_folder / "docker.sock"))
    assert asked(engine, "GET", "/_ping") == (200, "OK")


def test_a_path_too_long_for_a_socket_is_a_sentence(tmp_path: Path, images: Images) -> None:
    with pytest.raises(SandboxError, match="longer than 100 bytes"):
        asyncio.run(Engine(tmp_path / ("x" * 101), lambda: images).start())


def test_a_fault_of_ours_shows_no_traceback(
    engine: Engine, images: Images, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(images.table, "find", lambda _: 1 / 0)
    status, sentence = asked(engine, "GET", "/images/x/json", headers="X-Registry-Auth: c2VjcmV0\r\n")
    assert (status, sentence) == (
        500,
        "the engine failed inside (ZeroDivisionError): a fault of Dockyard, not yours",
    )
    assert "c2VjcmV0" not in caplog.text


def test_passwords_are_never_logged(engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secret = "X-Registry-Config: dG9wLXNlY3JldA==\r\nX-Registry-Auth: dG9wLXNlY3JldA==\r\n"
    asked(engine, "POST", "/build", b"no tar", headers=secret)
    asked(engine, "POST", "/images/127.0.0.1:1/a/push?tag=b", headers=secret)
    assert "dG9wLXNlY3JldA" not in caplog.text
    assert "top-secret" not in caplog.text


def test_a_client_that_goes_away_in_the_middle_harms_nobody(engine: Engine) -> None:
    sent(engine, b"POST /build HTTP/1.1\r\nHost: d\r\nContent-Length: 100000\r\n\r\nhalf")
    sent(engine, b"GET /_pi")
    assert asked(engine, "GET", "/_ping") == (200, "OK")


def test_http_client_libraries_are_understood(engine: Engine) -> None:
    connection = http.client.HTTPConnection("docker")
    connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.sock.connect(engine.address.removeprefix("unix://"))
    for _ in range(2):
        connection.request(
            "POST", "/build", iter([b"no ", b"tar"]), {"Transfer-Encoding": "chunked"}, encode_chunked=True
        )
        with connection.getresponse() as response:
            assert response.status == 400
            response.read()
    connection.close()
