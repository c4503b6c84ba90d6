"""The load balancer against the server behind it, asked directly in turn: how many requests, and what it adds to each.

Knows nothing about how it carries them. The server is flask's own, in a process on loopback, and stands behind the
tasks of the worked example.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from example import BUILD, Example
from report import RUNS, Found, Row, amount
from servers import BIN, POLL_SECONDS, ROOT, Kind, free_port, serving

CLIENTS, SECONDS = 4, 1.5
RATE, STEADY_SECONDS = 50.0, 3.0
PEER = "flask asked directly"
FLASK = """
import logging, sys
from flask import Flask
app = Flask("served")
app.get("/")(lambda: {"score": 0.5})
logging.getLogger("werkzeug").setLevel(logging.ERROR)
app.run("127.0.0.1", int(sys.argv[1]), threaded=True)
"""


@dataclass(slots=True, frozen=True)
class StandIn(Kind):
    """Dockyard whose load balancers reach a server on loopback."""

    def command(self, port: int, home: Path) -> list[str]:
        """The command line that serves at the port."""
        (home / "targets.json").write_text("{}")
        script = ROOT / "tests" / "balancer" / "stand_in.py"
        return [str(self.program), str(script), str(home / "data"), str(port), str(home / "targets.json")]


def measure() -> Found:
    """Time a request with four clients at once, and what the median request gets longer by at 50 a second."""
    with flask() as peer, serving(StandIn("dockyard", BIN / "python")) as server:
        example = Example(server)
        example.run(BUILD)
        name, addresses = found(example)
        (server.home / "targets.json").write_text(json.dumps(dict.fromkeys(addresses, peer)))
        through = Way(server.port, f"GET http://{name}/ HTTP/1.1\r\nHost: {name}\r\n\r\n".encode())
        direct = Way(peer, f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{peer}\r\n\r\n".encode())
        busy = in_turn(through, direct, throughput)
        calm = in_turn(through, direct, steady)
    ours, theirs = (median(one) for one in busy)
    added = median(a - b for a, b in zip(*calm, strict=True))
    notes = [
        f"{CLIENTS} clients: {amount(ours)} requests/s, {PEER} {amount(theirs)}: {ours / theirs:.2f} x",
        f"median at {RATE:g} requests/s: {amount(median(calm[0]))} ms, {PEER} {amount(median(calm[1]))} ms",
    ]
    rows = [
        Row(f"balancer: time a request, {CLIENTS} clients", 1000 / ours, "ms", 2.0, PEER, 1000 / theirs),
        Row(f"balancer: added median at {RATE:g} requests/s", added, "ms", 2.0),
    ]
    return Found(rows, notes)


def found(example: Example) -> tuple[str, list[str]]:
    """The load balancer's DNS name, and `address:port` of its targets."""
    elbv2 = example.clients["elbv2"]
    name = elbv2.describe_load_balancers(Names=[example.name])["LoadBalancers"][0]["DNSName"]
    targets = elbv2.describe_target_health(TargetGroupArn=example.target_group)["TargetHealthDescriptions"]
    return name, [f"{one['Target']['Id']}:{one['Target']['Port']}" for one in targets]


@contextmanager
def flask() -> Iterator[int]:
    """A flask server; its port."""
    port = free_port()
    command = [sys.executable, "-c", FLASK, str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(5000):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(POLL_SECONDS)
        yield port
    finally:
        process.kill()
        process.wait()


class Way:
    """A way to the server: a port, and a whole request."""

    def __init__(self, port: int, request: bytes) -> None:
        self.port = port
        self.request = request

    def client(self) -> Callable[[], None]:
        """A client that asks once at each call; it uses its connection again where it may."""
        kept: list[socket.socket] = []

        def ask() -> None:
            line = kept.pop() if kept else socket.create_connection(("127.0.0.1", self.port), 10)
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            line.sendall(self.request)
            head, body = b"", b""
            while b"\r\n\r\n" not in head:
                head += received(line)
            head, _, body = head.partition(b"\r\n\r\n")
            assert head.split()[1] == b"200", head
            length = int(head.lower().split(b"content-length:")[1].split()[0])
            while len(body) < length:
                body += received(line)
            if b"connection: close" in head.lower() or head.startswith(b"HTTP/1.0"):
                line.close()
            else:
                kept.append(line)

        return ask


def received(line: socket.socket) -> bytes:
    """What came. Raises ConnectionError where the other side closed."""
    data = line.recv(65536)
    if not data:
        raise ConnectionError("closed within an answer")
    return data


def in_turn(through: Way, direct: Way, figure: Callable[[Way], float]) -> tuple[list[float], list[float]]:
    """The figure of both ways, in turn, after a warm-up."""
    runs = [(figure(through), figure(direct)) for _ in range(RUNS + 1)][1:]
    return [one for one, _ in runs], [one for _, one in runs]


def throughput(way: Way) -> float:
    """Requests a second with several clients at once, each as quick as it can."""
    counts = [0] * CLIENTS
    began = time.perf_counter()

    def work(place: int) -> None:
        ask = way.client()
        while time.perf_counter() - began < SECONDS:
            ask()
            counts[place] += 1

    threads = [threading.Thread(target=work, args=(place,)) for place in range(CLIENTS)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return sum(counts) / (time.perf_counter() - began)


def steady(way: Way) -> float:
    """The median in milliseconds of requests at a steady rate."""
    ask, taken = way.client(), []
    began = time.perf_counter()
    for number in range(int(STEADY_SECONDS * RATE)):
        time.sleep(max(0.0, began + number / RATE - time.perf_counter()))
        before = time.perf_counter()
        ask()
        taken.append(1000 * (time.perf_counter() - before))
    return median(taken)
