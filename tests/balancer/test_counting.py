"""Real requests become the load balancer's metrics, beside what is offered, and a replay counts the same."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator

import pytest
from balancer.front import Front, StandIn, saying, speaking


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """A load balancer of two targets, which answers /closed itself with 503."""
    front = Front(StandIn(tmp_path_factory.mktemp("counted")))
    front.forward_to("counted", *front.addresses[:2])
    listener = front.elb.describe_listeners(LoadBalancerArn=front.arn)["Listeners"][0]["ListenerArn"]
    own = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "503"}}
    path = {"Field": "path-pattern", "Values": ["/closed"]}
    front.elb.create_rule(ListenerArn=listener, Priority=1, Conditions=[path], Actions=[own])
    yield front
    assert front.up.stop() == 0
    assert front.up.stderr == ""


def send(front: Front, times: int, said: bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") -> None:
    """So many requests to targets that say this."""
    with speaking(saying(said)) as port:
        for address in front.addresses[:2]:
            front.stand(address, port)
        for _ in range(times):
            front.ask()


def advance(front: Front, seconds: float) -> None:
    assert front.up.control("POST", "clock/advance", {"seconds": seconds})[0] == 200


def restart(front: Front) -> None:
    """Stop the sandbox and start it again from its journal alone."""
    port, folder = front.up.port, front.up.data.parent
    assert front.up.stop() == 0
    (front.up.data / "snapshot.pickle").unlink()
    front.up = StandIn(folder, port=port)


def state(up: StandIn) -> str:
    request = urllib.request.Request(f"http://127.0.0.1:{up.port}/_dockyard/state")
    request.add_header("Authorization", f"Bearer {up.variables['DOCKYARD_TOKEN']}")
    with urllib.request.urlopen(request) as answer:
        found: str = answer.read().decode()
        return found


def test_requests_are_counted(counted: Front) -> None:
    names = (
        "RequestCount", "HTTPCode_Target_2XX_Count", "HTTPCode_Target_4XX_Count", "HTTPCode_ELB_502_Count",
        "HTTPCode_ELB_5XX_Count",
    )  # fmt: skip
    advance(counted, 60)
    before = [counted.metric(one) for one in names]
    send(counted, 8)
    send(counted, 2, b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n")
    send(counted, 3, b"")
    assert counted.ask("/closed").status == 503
    advance(counted, 60)
    assert [counted.metric(one) - was for one, was in zip(names, before, strict=True)] == [13, 8, 2, 3, 4]
    group = counted.elb.describe_target_groups(Names=["counted"])["TargetGroups"][0]["TargetGroupArn"]
    within = {"TargetGroup": group.rpartition(":")[2]}
    assert counted.metric("RequestCountPerTarget", **within) == counted.metric("RequestCount", **within) / 2
    assert 0 < counted.metric("TargetResponseTime", **within) < 10


def test_offered_traffic_adds_up_with_it(counted: Front) -> None:
    advance(counted, 60)
    before = counted.metric("RequestCount")
    offer = {"load_balancer": "web", "requests_per_second": 2, "cpu_ms": 1, "seconds": 30}
    counted.up.control("POST", "traffic", offer)
    send(counted, 4)
    advance(counted, 120)
    assert counted.metric("RequestCount") - before == 2 * 30 + 4


def test_a_modelled_targets_answer_is_not_counted(counted: Front) -> None:
    advance(counted, 60)
    before = counted.metric("HTTPCode_ELB_5XX_Count")
    for address in counted.addresses[:2]:
        counted.stand(address, None)
    assert counted.ask().status == 503
    advance(counted, 60)
    assert counted.metric("HTTPCode_ELB_5XX_Count") == before


def test_the_beginning_of_real_requests_is_a_cause(counted: Front) -> None:
    send(counted, 1)
    advance(counted, 60)
    told = [one["what"] for one in counted.up.control("GET", "events?after=0")[1]["events"]]
    assert "real requests came to load balancer web" in told


def test_a_replay_counts_the_same(counted: Front) -> None:
    send(counted, 5)
    advance(counted, 90)
    before = state(counted.up)
    restart(counted)
    assert state(counted.up) == before
    lines = [json.loads(line) for line in (counted.up.data / "journal.jsonl").read_text().splitlines()]
    assert {one["kind"] for one in lines if one.get("of") == "requests"} == {"observation"}
    assert '"RequestCount"' in before


def test_what_came_last_is_not_lost_when_the_sandbox_stops(counted: Front) -> None:
    advance(counted, 60)
    before = counted.metric("RequestCount")
    send(counted, 3)
    restart(counted)
    advance(counted, 60)
    assert counted.metric("RequestCount") - before == 3


def test_what_came_just_before_belongs_to_the_account_that_was_kept_then_or_left(counted: Front) -> None:
    advance(counted, 60)
    before = counted.metric("RequestCount")
    send(counted, 3)
    assert counted.up.control("POST", "snapshots", {"name": "kept"})[0] == 201
    send(counted, 2)
    assert counted.up.control("POST", "snapshots/kept/restore")[0] == 200
    advance(counted, 60)
    assert counted.metric("RequestCount") - before == 3
