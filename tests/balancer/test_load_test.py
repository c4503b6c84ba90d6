"""A load test sends real requests at its rate, and is honest about what failed and what it did not reach."""

from __future__ import annotations

import socket
import subprocess
import threading
import time

import pytest
from balancer.front import Front, echo, head_of, speaking
from running import COMMAND

from dockyard.notebook import Said, lab

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.fixture(autouse=True)
def _environment(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ENDPOINT_URL", "DOCKYARD_TOKEN"):
        monkeypatch.setenv(name, front.up.variables[name])


@pytest.fixture(scope="module", autouse=True)
def _group(front: Front) -> None:
    front.forward_to("load", front.addresses[0])


def test_it_sends_at_its_rate(front: Front) -> None:
    with echo("a") as port:
        front.stand(front.addresses[0], port)
        began = time.monotonic()
        result = lab.load_test(0.5, 40, balancer="web", path="/predict?x=1", body={"age": 40})
        assert time.monotonic() - began > 0.4
    assert (result.sent, dict(result.statuses), result.failed) == (20, {200: 20}, 0)
    assert 0 < result.p50 <= result.p95 <= result.slowest
    assert "40 requests a second for 0.5 s to web, /predict?x=1" in str(result)
    assert "<strong>40 requests a second" in result._repr_html_()


def test_it_counts_what_fails_and_says_why(front: Front) -> None:
    asked: list[int] = []

    def act(client: socket.socket) -> None:
        head_of(client)
        asked.append(1)
        if len(asked) % 2:
            client.sendall(OK)

    with speaking(act) as port:
        front.stand(front.addresses[0], port)
        result = lab.load_test(0.2, 50, balancer="web")
    assert dict(result.statuses) == {200: 5, 502: 5}
    assert result.failed == 5
    assert "closed the connection" in result.why
    assert result.why in str(result)


def test_it_does_not_wait_for_answers_before_it_sends_on(front: Front) -> None:
    waiting, all_here = [0], threading.Event()

    def act(client: socket.socket) -> None:
        head_of(client)
        waiting[0] += 1
        if waiting[0] == 20:
            all_here.set()
        assert all_here.wait(20)
        client.sendall(OK)

    with speaking(act) as port:
        front.stand(front.addresses[0], port)
        result = lab.load_test(0.2, 100, balancer="web")
    assert dict(result.statuses) == {200: 20}


def test_a_rate_that_is_not_reached_is_said(front: Front) -> None:
    def act(client: socket.socket) -> None:
        head_of(client)
        time.sleep(0.5)
        client.sendall(OK)

    with speaking(act) as port:
        front.stand(front.addresses[0], port)
        result = lab.load_test(0.25, 1200, balancer="web")
    assert result.sent == 300
    assert result.is_short
    assert "1200 a second were wanted" in str(result)


def test_an_order_nobody_can_follow_is_a_sentence(front: Front) -> None:
    with pytest.raises(Said, match="cannot be sent"):
        lab.load_test(0, 10)
    other = {"Name": "another", "Subnets": front.subnets, "SecurityGroups": [front.group_of_front]}
    made = front.elb.create_load_balancer(**other)["LoadBalancers"][0]["LoadBalancerArn"]
    with pytest.raises(Said, match="Which load balancer"):
        lab.load_test(1, 10)
    front.elb.delete_load_balancer(LoadBalancerArn=made)
    assert lab.load_test(0.1, 10, balancer="nobody").why.startswith("No load balancer is called nobody")
    assert front


def test_the_command_line_does_it_too(front: Front) -> None:
    with echo("a") as port:
        front.stand(front.addresses[0], port)
        command = [*COMMAND, "load-test", "0.2", "20", "--balancer", "web"]
        done = subprocess.run(command, env=front.up.environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "sent        4" in done.stdout
