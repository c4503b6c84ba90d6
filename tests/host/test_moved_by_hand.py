"""On the live clock time is moved by hand, or an account goes back: tasks answer all the same, and tell their use."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from host.deployed import Deployed, server, until
from running import running

from dockyard.sandbox.tasks.live import MOST

PORT = {"portMappings": [{"containerPort": 8080}]}
#: A second of CPU before it serves.
LOADS = "import time\nwhile time.process_time() < 1: pass\n"
HOUR = 3600


@pytest.fixture
def deployed(tmp_path: Path) -> Iterator[Deployed]:
    with running(tmp_path, "--clock", "live", "--speed", "20") as sandbox:
        yield Deployed(sandbox)


def advance(deployed: Deployed, seconds: float) -> None:
    """Move time by hand."""
    assert deployed.sandbox.control("POST", "clock/advance", {"seconds": seconds})[0] == 200


def load_of(deployed: Deployed) -> list[float]:
    """The vCPUs that were told of tasks, one after another."""
    return [one["vcpus"] for one in deployed.happenings("used")]


def busy_minutes(deployed: Deployed) -> int:
    """In how many minutes of the last two hours the service used more than 5 % of its CPU."""
    now = datetime.fromisoformat(deployed.sandbox.control("GET", "clock")[1]["now"])
    found = deployed.sandbox.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/ECS", MetricName="CPUUtilization", Statistics=["Maximum"], Period=60,
        StartTime=now - timedelta(hours=2), EndTime=now,
        Dimensions=[{"Name": "ClusterName", "Value": "c"}, {"Name": "ServiceName", "Value": "s"}],
    )  # fmt: skip
    return sum(one["Maximum"] > 5 for one in found["Datapoints"])


def test_what_a_server_used_to_load_is_no_load_afterwards(deployed: Deployed) -> None:
    deployed.define({"image": deployed.push("loads", app=LOADS + server()), **PORT})
    deployed.serve(2)
    advance(deployed, HOUR)
    assert deployed.ask()[0] == 200
    assert until(lambda: load_of(deployed))  # on a busy machine it is told some moments later
    assert max(load_of(deployed)) < 0.1


def test_what_a_request_took_is_load_for_a_minute_and_not_for_hours(deployed: Deployed) -> None:
    work = "        sum(range(5_000_000)) if self.path == '/work' else None\n"
    app = server().replace("    def do_GET(self):\n", f"    def do_GET(self):\n{work}")
    deployed.define({"image": deployed.push("works", app=app), **PORT})
    deployed.serve()
    advance(deployed, HOUR)
    assert until(lambda: (deployed.ask("/work") and advance(deployed, 60)) or busy_minutes(deployed))
    advance(deployed, HOUR)
    assert busy_minutes(deployed) < 10


def test_who_computes_all_the_time_does_so_in_hours_moved_by_hand(deployed: Deployed) -> None:
    deployed.define({"image": deployed.push("burns", app="while True: pass")})
    deployed.run()
    assert until(lambda: advance(deployed, HOUR) or [one for one in load_of(deployed)[-1:] if one > 0.05])


def test_tasks_that_have_ended_leave_room_for_others(deployed: Deployed) -> None:
    deployed.define({"image": deployed.push("ends", app="")})
    request = {"cluster": "c", "taskDefinition": "app", "launchType": "FARGATE", "count": 10}
    for _ in range(MOST // 10):
        deployed.ecs.run_task(**request, networkConfiguration=deployed.network)
    advance(deployed, 300)
    assert len(deployed.happenings("adopted")) == MOST
    deployed.define({"image": deployed.push("serves", app=server()), **PORT})
    deployed.serve()
    advance(deployed, 300)
    assert deployed.ask()[0] == 200


def test_when_the_account_goes_back_a_request_waits_for_the_container(deployed: Deployed) -> None:
    deployed.define({"image": deployed.push("serves", app=server()), **PORT})
    deployed.serve()
    advance(deployed, 300)
    deployed.sandbox.control("POST", "snapshots", {"name": "served"})
    for _ in range(3):
        assert deployed.sandbox.control("POST", "snapshots/served/restore")[0] == 200
        assert [deployed.ask()[0] for _ in range(5)] == [200] * 5
