"""What cannot be served is answered as AWS answers it, with a sentence that says why and what to do next."""

from __future__ import annotations

import http.client
import socket
import struct
import time

import pytest
from balancer.front import PORT, Front, echo, forward, head_of, saying, speaking

WORLD = [{"CidrIp": "0.0.0.0/0"}]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.fixture(scope="module")
def group(front: Front) -> str:
    """Port 80 forwards to one target."""
    return front.forward_to("refusing", front.addresses[0])


def test_a_modelled_task_says_so(front: Front, group: str) -> None:
    front.stand(front.addresses[0], None)
    answer = front.ask()
    assert answer.status == 503
    assert "modelled" in answer.why
    assert "--runtime process" in answer.why
    assert b"<h1>503 Service Temporarily Unavailable</h1>" in answer.body
    assert answer.why.encode() in answer.body.replace(b"- -", b"--")
    assert answer.headers["server"] == "awselb/2.0"
    assert group


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (b"", "closed the connection without an answer"),
        (b"HTTP/1.1 200 OK\r\nContent-Le", "no HTTP"),
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "no HTTP"),
        (b"HTTP/1.1 999 What\r\nContent-Length: 0\r\n\r\n", "999"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx", "no HTTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", "no HTTP"),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n", "no HTTP"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n", "no HTTP"),
        (b"HTTP/1.1 200 OK\r\nX\x00: y\r\n\r\n", "no HTTP"),
    ],
)
def test_a_target_that_answers_no_http_is_a_bad_gateway(front: Front, said: bytes, why: str) -> None:
    with speaking(saying(said)) as port:
        front.stand(front.addresses[0], port)
        answer = front.ask()
    assert answer.status == 502
    assert why in answer.why


def test_a_target_that_refuses_or_resets_is_a_bad_gateway(front: Front) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        closed = server.getsockname()[1]
    front.stand(front.addresses[0], closed)
    answer = front.ask()
    assert (answer.status, "refused the connection" in answer.why) == (502, True)

    def reset(client: socket.socket) -> None:
        head_of(client)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    with speaking(reset) as port:
        front.stand(front.addresses[0], port)
        answer = front.ask()
    assert (answer.status, "task's log" in answer.why) == (502, True)


@pytest.mark.parametrize(
    "said",
    [b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf", OK[:17] + b"Transfer-Encoding: chunked\r\n\r\n9\r\nhalf"],
)
def test_half_an_answer_does_not_look_like_a_whole_one(front: Front, said: bytes) -> None:
    with speaking(saying(said)) as port:
        front.stand(front.addresses[0], port)
        with pytest.raises(http.client.IncompleteRead):
            front.ask()


def test_a_slow_target_is_a_gateway_time_out(front: Front) -> None:
    front.attribute("idle_timeout.timeout_seconds", "1")

    def act(client: socket.socket) -> None:
        head_of(client)
        time.sleep(1.5)

    def trickle(client: socket.socket) -> None:
        head_of(client)
        client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n")
        for _ in range(4):
            time.sleep(0.4)
            client.sendall(b"x")

    with speaking(act) as port, speaking(trickle) as slow:
        front.stand(front.addresses[0], port)
        answer = front.ask()
        assert answer.status == 504
        assert "idle_timeout.timeout_seconds" in answer.why
        front.stand(front.addresses[0], slow)
        assert front.ask().body == b"xxxx"
    front.attribute("idle_timeout.timeout_seconds", "60")


def test_a_client_that_does_not_send_its_body_is_timed_out(front: Front) -> None:
    front.attribute("idle_timeout.timeout_seconds", "1")
    with echo("a") as port:
        front.stand(front.addresses[0], port)
        with socket.create_connection(("127.0.0.1", front.up.port), timeout=10) as client:
            client.sendall(f"POST / HTTP/1.1\r\nHost: {front.name}\r\nContent-Length: 9\r\n\r\nhalf".encode())
            assert client.recv(100).startswith(b"HTTP/1.1 408 ")
    front.attribute("idle_timeout.timeout_seconds", "60")


def test_security_groups_are_in_the_way(front: Front) -> None:
    with echo("a") as port:
        front.stand(front.addresses[0], port)
        front.close(front.group_of_front, 80, IpRanges=WORLD)
        answer = front.ask()
        assert answer.status == 504
        assert front.group_of_front in answer.why
        assert "port 80" in answer.why
        front.open(front.group_of_front, 80, IpRanges=WORLD)
        from_front = [{"GroupId": front.group_of_front}]
        front.close(front.group_of_tasks, PORT, UserIdGroupPairs=from_front)
        answer = front.ask()
        assert answer.status == 504
        assert f"must let in port {PORT}" in answer.why
        front.open(front.group_of_tasks, PORT, UserIdGroupPairs=from_front)
        assert front.ask().status == 200


def test_only_unhealthy_targets_get_requests_all_the_same(front: Front) -> None:
    group = front.forward_to("unhealthy", front.addresses[0], HealthCheckPort="9999", HealthCheckIntervalSeconds=5)
    states = front.elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    assert [one["TargetHealth"]["State"] for one in states] == ["unhealthy"]
    with echo("a") as port:
        front.stand(front.addresses[0], port)
        assert front.ask().status == 200


def test_nobody_to_send_it_to(front: Front) -> None:
    front.forward_to("empty")
    answer = front.ask()
    assert (answer.status, "no registered targets" in answer.why) == (503, True)
    front.listener(forward((front.group("none-a"), 0), (front.group("none-b"), 0)))
    answer = front.ask()
    assert (answer.status, "weight 0" in answer.why) == (503, True)


def test_there_is_no_such_listener_or_balancer(front: Front) -> None:
    front.open(front.group_of_front, 81, IpRanges=WORLD)
    answer = front.at(f"http://{front.name}:81/", Host=f"{front.name}:81")
    assert (answer.status, "no listener at port 81 (it listens at: 80" in answer.why) == (503, True)
    answer = front.at("/_alb/nobody/")
    assert (answer.status, front.name in answer.why) == (503, True)
    assert front.at("http://other-1.us-east-1.elb.amazonaws.com/").status == 503


def test_a_load_balancer_that_is_not_ready_or_not_public(front: Front) -> None:
    made = front.elb.create_load_balancer(Name="later", Subnets=front.subnets, SecurityGroups=[front.group_of_front])
    answer = front.at("/_alb/later/")
    assert (answer.status, "provisioned" in answer.why) == (503, True)
    front.elb.delete_load_balancer(LoadBalancerArn=made["LoadBalancers"][0]["LoadBalancerArn"])
    front.elb.create_load_balancer(
        Name="inner", Subnets=front.subnets, SecurityGroups=[front.group_of_front], Scheme="internal"
    )
    front.elb.get_waiter("load_balancer_available").wait(Names=["inner"])
    answer = front.at("/_alb/inner/")
    assert (answer.status, "internal" in answer.why) == (504, True)


def test_what_the_load_balancer_does_not_carry(front: Front) -> None:
    front.forward_to("carry", front.addresses[0])
    assert front.ask("/", "TRACE").status == 405
    answer = front.ask("/", Connection="Upgrade", Upgrade="websocket")
    assert (answer.status, "WebSocket" in answer.why) == (501, True)
