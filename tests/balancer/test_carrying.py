"""A request goes through the load balancer to a real server and back as it would through AWS's."""

from __future__ import annotations

import http.client
import re
import shutil
import socket
import subprocess
import threading
import time
import urllib.request

import psutil
import pytest
import requests
from balancer.front import PORT, Front, echo, forward, head_of, saying, speaking


@pytest.fixture(scope="module")
def group(front: Front) -> str:
    """Port 80 forwards to two targets."""
    return front.forward_to("carrying", *front.addresses[:2])


def test_the_target_gets_the_request_with_what_a_load_balancer_adds(front: Front, group: str) -> None:
    with echo("a") as port:
        for address in front.addresses:
            front.stand(address, port)
        answer = front.ask(
            "/predict%20it?a=1&b=%2F", "POST", body=b"{}", X_Forwarded_For="10.9.8.7", Connection="keep-alive, X-Mine",
            X_Mine="for the next hop only", Content_Type="application/json", Keep_Alive="timeout=5",
        )  # fmt: skip
    said = answer.said
    assert (answer.status, said["method"], said["path"], said["body"]) == (200, "POST", "/predict%20it?a=1&b=%2F", "{}")
    headers = said["headers"]
    assert headers["host"] == front.name
    assert headers["x-forwarded-for"] == "10.9.8.7, 203.0.113.7"
    assert (headers["x-forwarded-proto"], headers["x-forwarded-port"]) == ("http", "80")
    assert re.fullmatch(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24}", headers["x-amzn-trace-id"])
    assert not {"x-mine", "connection", "keep-alive", "expect"} & set(headers)
    assert "keep-alive" not in answer.headers
    assert group


def test_a_trace_goes_on(front: Front) -> None:
    root = "Root=1-67891233-abcdef012345678912345678"
    with echo("a") as port:
        for address in front.addresses:
            front.stand(address, port)
        told = front.ask(X_Amzn_Trace_Id=f"{root};Sampled=1").said["headers"]["x-amzn-trace-id"]
    assert re.fullmatch(rf"Self=1-[0-9a-f]{{8}}-[0-9a-f]{{24}};{root};Sampled=1", told)


def test_real_clients_reach_it_by_its_name(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", front.up.variables["http_proxy"])
    monkeypatch.delenv("no_proxy", raising=False)
    with echo("a") as port:
        for address in front.addresses:
            front.stand(address, port)
        url = f"http://{front.name}/health"
        assert requests.get(url, timeout=10).json()["path"] == "/health"
        assert requests.head(url, timeout=10).headers["content-type"] == "application/json"
        chunks = (b"x" * 1000 for _ in range(100))
        assert requests.post(url, data=chunks, timeout=10).json()["body"] == "x" * 100_000
        with urllib.request.build_opener().open(url, timeout=10) as answer:
            assert answer.status == 200
        if shutil.which("curl"):
            command = ["curl", "-sS", "--max-time", "10", "-H", "Expect: 100-continue", "-d", "@-", url]
            told = subprocess.run(command, input=b"y" * 50_000, capture_output=True, check=True)
            assert b"y" * 50_000 in told.stdout


def test_a_browser_reaches_it_by_the_door(front: Front) -> None:
    with echo("a") as port:
        for address in front.addresses:
            front.stand(address, port)
        answer = front.at("/_alb/web/index.html?x=1")
        assert (answer.status, answer.said["path"]) == (200, "/index.html?x=1")
        assert answer.said["headers"]["host"] == front.name
        assert answer.headers["content-security-policy"].startswith("sandbox")
        assert front.at("/_alb/web:80").said["path"] == "/"
        assert front.at(f"http://localhost:{front.up.port}/_alb/{front.name}/y").said["path"] == "/y"
        by_host = front.at("/z", Host=front.name.upper())
        assert by_host.said["path"] == "/z"
        assert "content-security-policy" not in by_host.headers


def test_every_target_has_its_turn(front: Front) -> None:
    with echo("a") as one, echo("b") as other:
        front.stand(front.addresses[0], one)
        front.stand(front.addresses[1], other)
        answers = [front.ask() for _ in range(6)]
    told = [one.said["who"] for one in answers]
    assert sorted(told) == ["a", "a", "a", "b", "b", "b"]
    assert told[0::2] in (["a"] * 3, ["b"] * 3)
    named = {one.said["who"]: one.headers["x-dockyard-target"] for one in answers}
    assert named == {who: f"{front.addresses[at]}:{PORT}" for at, who in enumerate("ab")}


def test_a_sticky_group_gets_its_clients_back(front: Front) -> None:
    arn = front.forward_to("sticky", *front.addresses[:2])
    sticky = [{"Key": "stickiness.enabled", "Value": "true"}]
    front.elb.modify_target_group_attributes(TargetGroupArn=arn, Attributes=sticky)
    with echo("a") as one, echo("b") as other:
        front.stand(front.addresses[0], one)
        front.stand(front.addresses[1], other)
        client = requests.Session()
        client.trust_env = False
        url = f"http://127.0.0.1:{front.up.port}/"
        told = {client.get(url, headers={"Host": front.name}, timeout=10).json()["who"] for _ in range(5)}
        assert len(told) == 1
        assert set(client.cookies.keys()) == {"AWSALB", "AWSALBCORS"}
        assert {front.ask(Cookie="AWSALB=x; y").said["who"] for _ in range(4)} == {"a", "b"}
        client.close()


def test_connections_to_a_target_are_kept(front: Front) -> None:
    opened: list[int] = []

    def act(client: socket.socket) -> None:
        opened.append(1)
        while head_of(client):
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    front.forward_to("kept", front.addresses[0])
    with speaking(act) as port:
        front.stand(front.addresses[0], port)
        connection = http.client.HTTPConnection("127.0.0.1", front.up.port)
        for _ in range(5):
            connection.request("GET", "/", headers={"Host": front.name})
            assert connection.getresponse().read() == b"ok"
        connection.close()
    assert len(opened) == 1


def test_an_answer_flows_as_it_comes(front: Front) -> None:
    go_on = threading.Event()

    def act(client: socket.socket) -> None:
        head_of(client)
        client.sendall(
            b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n"
        )
        assert go_on.wait(10)
        client.sendall(b"3\r\ntwo\r\n0\r\n\r\n")

    front.forward_to("flows", front.addresses[0])
    with speaking(act) as port:
        front.stand(front.addresses[0], port)
        connection = http.client.HTTPConnection("127.0.0.1", front.up.port, timeout=10)
        connection.request("GET", "/", headers={"Host": front.name})
        answer = connection.getresponse()
        assert answer.read(3) == b"one"
        go_on.set()
        assert answer.read() == b"two"
        connection.close()


def test_a_target_may_answer_before_the_body_has_come(front: Front) -> None:
    def act(client: socket.socket) -> None:
        head_of(client)
        client.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 5\r\nConnection: close\r\n\r\nlarge")
        time.sleep(0.2)

    front.forward_to("early", front.addresses[0])
    with speaking(act) as port:
        front.stand(front.addresses[0], port)
        answer = front.ask("/", "POST", body=b"z" * 200_000)
    assert (answer.status, answer.body) == (413, b"large")


def test_bodies_of_any_size_cost_little_memory(front: Front) -> None:
    size, piece = 60_000_000, b"m" * 65536
    got: list[int] = []

    def act(client: socket.socket) -> None:
        received = len(head_of(client).partition(b"\r\n\r\n")[2])
        while received < size:
            received += len(client.recv(1 << 20))
        got.append(received)
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
        for start in range(0, size, len(piece)):
            client.sendall(piece[: size - start])

    front.forward_to("sizes", front.addresses[0])
    process = psutil.Process(front.up.process.pid)
    with speaking(act) as port:
        front.stand(front.addresses[0], port)
        before = process.memory_info().rss
        connection = http.client.HTTPConnection("127.0.0.1", front.up.port, timeout=30)
        body = (piece[: size - start] for start in range(0, size, len(piece)))
        connection.request("POST", "/", body, {"Host": front.name, "Content-Length": str(size)})
        answer = connection.getresponse()
        time.sleep(0.3)  # the client reads nothing; the balancer must not read on for it
        received, highest = 0, 0
        while more := answer.read(1 << 20):
            received += len(more)
            highest = max(highest, process.memory_info().rss)
        connection.close()
    assert (got, received) == ([size], size)
    assert highest - before < 20_000_000


def test_a_client_that_leaves_ends_the_request_at_the_target(front: Front) -> None:
    noticed = threading.Event()

    def act(client: socket.socket) -> None:
        head_of(client)
        client.settimeout(10)
        try:
            if not client.recv(1):
                noticed.set()
        except ConnectionError:
            noticed.set()

    front.forward_to("leaves", front.addresses[0])
    with speaking(act) as port:
        front.stand(front.addresses[0], port)
        client = socket.create_connection(("127.0.0.1", front.up.port))
        client.sendall(f"GET / HTTP/1.1\r\nHost: {front.name}\r\n\r\n".encode())
        time.sleep(0.2)
        client.close()
        assert noticed.wait(5)


def test_a_kept_connection_that_the_target_closed_is_not_used(front: Front) -> None:
    front.forward_to("closed", front.addresses[0])
    with speaking(saying(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")) as port:  # and closes without a word
        front.stand(front.addresses[0], port)
        for _ in range(20):
            assert front.ask("/", "POST", body=b"1").status == 200
            assert front.ask("/").status == 200


def test_a_running_request_ends_though_its_target_drains(front: Front) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def act(client: socket.socket) -> None:
        head_of(client)
        begun.set()
        assert go_on.wait(10)
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlast")

    group, told = front.forward_to("drains", *front.addresses[:2]), []
    with speaking(act) as slow, echo("b") as other:
        front.stand(front.addresses[0], slow)
        front.stand(front.addresses[1], slow)
        client = threading.Thread(target=lambda: told.append(front.ask()))
        client.start()
        assert begun.wait(5)
        # Both drain, and a third takes over: whoever got the first request keeps it.
        front.elb.deregister_targets(TargetGroupArn=group, Targets=[{"Id": one} for one in front.addresses[:2]])
        front.stand(front.addresses[2], other)
        front.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": front.addresses[2]}])
        assert {front.ask().said["who"] for _ in range(4)} == {"b"}
        go_on.set()
        client.join(10)
    assert [(one.status, one.body) for one in told] == [(200, b"last")]


def test_another_port_is_another_listener_and_the_target_sees_it(front: Front) -> None:
    arn = front.group("other-port", front.addresses[0])
    front.listener(forward(arn), port=PORT)
    front.open(front.group_of_front, PORT, IpRanges=[{"CidrIp": "0.0.0.0/0"}])
    with echo("a") as port:
        front.stand(front.addresses[0], port)
        answer = front.at(f"http://{front.name}:{PORT}/", Host=f"{front.name}:{PORT}")
        assert answer.said["headers"]["x-forwarded-port"] == str(PORT)
        assert answer.said["headers"]["host"] == f"{front.name}:{PORT}"
        assert front.at(f"/_alb/web:{PORT}/").said["headers"]["host"] == f"{front.name}:{PORT}"
