"""Garbage from clients and from targets: no traceback (the sandbox's stderr stays empty), and nobody waits for ever."""

from __future__ import annotations

import contextlib
import http.client
import random
import socket
from collections.abc import Iterator

import pytest
from balancer.front import Front, echo, head_of, speaking

CASES = 150
REQUEST = (
    b"POST http://%(name)s/predict?a=1 HTTP/1.1\r\nHost: %(name)s\r\nContent-Type: text/plain\r\n"
    b"Transfer-Encoding: chunked\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n4\r\nbody\r\n0\r\n\r\n",
    b"GET /_alb/web/a%%20b HTTP/1.1\r\nHost: localhost\r\nConnection: keep-alive, x\r\nX: y\r\n\r\n",
    b"PUT / HTTP/1.1\r\nHost: %(name)s:80\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\nbody",
    b"HEAD / HTTP/1.0\r\nHost: %(name)s\r\nX-Amzn-Trace-Id: Root=1;Self=2\r\n\r\n",
)
ANSWERS = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nbody",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n4\r\nbody\r\n0\r\nX: y\r\n\r\n",
    b"HTTP/1.0 404 Not Found\r\nConnection: close, x\r\nX: y\r\n\r\nbody",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n",
    b"HTTP/1.1 304 Not Modified\r\nContent-Length: 50\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
)
BITS = (
    b"\r\n", b"\r\n\r\n", b"\x00", b"\xff\xfe", b":", b" ", b"HTTP/1.1", b"99999999999999999999", b"-1", b"chunked",
    b"\n", b"Content-Length: 7\r\n", b"Transfer-Encoding: gzip\r\n", b"Connection: upgrade\r\nUpgrade: h2c\r\n",
    b"%zz", b"[", b"#{host}",
)  # fmt: skip


def mangled(whole: bytes, chance: random.Random) -> bytes:
    """The bytes with some of them cut out, doubled or replaced."""
    for _ in range(chance.randint(1, 3)):
        place, size = chance.randrange(len(whole) + 1), chance.randint(0, 12)
        bit = chance.choice((b"", chance.choice(BITS), whole[place : place + size] * 2))
        whole = whole[:place] + bit + whole[place + size :]
    return whole[: chance.randrange(len(whole) + 1)] if chance.random() < 0.2 else whole


@pytest.fixture(scope="module", autouse=True)
def group(front: Front) -> Iterator[None]:
    """Port 80 forwards to one target; nothing takes longer than two seconds."""
    front.forward_to("garbage", front.addresses[0])
    front.attribute("idle_timeout.timeout_seconds", "2")
    yield
    front.attribute("idle_timeout.timeout_seconds", "60")


def test_garbage_from_clients(front: Front) -> None:
    chance = random.Random(7)
    with echo("a") as port:
        front.stand(front.addresses[0], port)
        for number in range(CASES):
            request = REQUEST[number % len(REQUEST)] % {b"name": front.name.encode()}
            with socket.create_connection(("127.0.0.1", front.up.port), timeout=5) as client:
                client.sendall(mangled(request, chance))
                client.settimeout(0.02)
                try:
                    client.recv(65536)
                except TimeoutError:
                    pass  # it is not whole: the sandbox waits for the rest
                except ConnectionError:
                    continue
                client.settimeout(5)
                drained(client)
        assert front.ask().status == 200


def drained(client: socket.socket) -> None:
    """The client sends no more, and reads to the end."""
    with contextlib.suppress(OSError):  # it may have been ended by the sandbox
        client.shutdown(socket.SHUT_WR)
    with contextlib.suppress(ConnectionError):  # but a time-out fails the test
        while client.recv(65536):
            pass


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_garbage_from_targets(front: Front, method: str) -> None:
    chance, said = random.Random(method), [b""]

    def act(client: socket.socket) -> None:
        head_of(client)
        client.sendall(said[0])

    with speaking(act) as port:
        front.stand(front.addresses[0], port)
        for number in range(CASES // 2):
            said[0] = mangled(ANSWERS[number % len(ANSWERS)], chance)
            try:
                answer = front.ask("/", method, body=b"x" if method == "POST" else None)
            except http.client.IncompleteRead:
                continue  # it broke off within, and the client sees that
            except http.client.RemoteDisconnected:
                pytest.fail(f"no answer at all to {said[0]!r}")
            assert answer.status in range(200, 600)


def test_what_a_target_says_of_its_length_beside_its_chunks_goes_no_further(front: Front) -> None:
    with speaking(lambda client: (head_of(client), client.sendall(ANSWERS[1]))[-1]) as port:
        front.stand(front.addresses[0], port)
        answer = front.ask()
    assert (answer.status, answer.body, answer.headers.get("content-length")) == (200, b"body", None)
