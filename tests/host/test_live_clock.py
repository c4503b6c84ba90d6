"""The live clock: it runs while somebody waits and half a minute longer, then rests; what was seen is written down."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from host.direct import START, Direct, open_learner
from running import Running, running

from dockyard import notebook
from dockyard.sandbox.host import Host
from dockyard.sandbox.live import GRACE, LiveClock
from dockyard.sandbox.ticking import Ticking

CLOCK, STATUS, CALL = "/_dockyard/clock", "/_dockyard/status", "/"


@dataclass
class Real:
    """Real time, as the test tells it."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def real() -> Real:
    return Real()


@pytest.fixture
def live(real: Real) -> LiveClock:
    return LiveClock(20.0, real)


def test_it_runs_half_a_minute_and_rests(real: Real, live: LiveClock) -> None:
    real.now += 10
    assert (live.look(), live.rests()) == (200.0, False)
    real.now += 5000
    assert (live.look(), live.rests()) == (GRACE * 20, True)


def test_a_call_wakes_it_and_what_was_rested_is_not_made_up_for(real: Real, live: LiveClock) -> None:
    real.now += 5000
    live.called()
    real.now += 10
    assert live.look() == (GRACE + 10) * 20
    live.take(800.0)
    assert live.look() == 0.0


def test_it_runs_as_long_as_somebody_waits(real: Real, live: LiveClock) -> None:
    real.now += 5000
    live.take(live.look())
    with live.waiting(), live.waiting():
        real.now += 600
        assert (live.look(), live.rests()) == (12000.0, False)
    real.now += 5000
    assert (live.look(), live.rests()) == (12000.0 + GRACE * 20, True)


def test_it_runs_as_long_as_traffic_is_offered(real: Real, live: LiveClock) -> None:
    real.now += 100
    assert (live.look(1800.0), live.rests(1800.0)) == (1800.0, True)
    live.take(600.0)
    assert not live.rests(1800.0)
    real.now += 1
    assert live.look(1800.0) == 1220.0


class Account:
    """An account on a live clock, asked without a socket; `ask` answers its simulated time, counted from the birth."""

    def __init__(self, folder: Path, real: Real) -> None:
        self.direct = Direct(open_learner(folder))
        self.learner = self.direct.learner
        host = Host(folder, b"")
        host.admit(self.learner)
        self.ticking = Ticking(self._answer, LiveClock(20.0, real), host, self.learner)
        self.during: Callable[[], Any] = lambda: None

    async def _answer(self, *_: Any) -> None:
        self.during()

    def ask(self, path: str = CALL) -> float:
        asyncio.run(self.ticking({"type": "http", "path": path}, None, None))  # type: ignore[arg-type]
        return self.now

    @property
    def now(self) -> float:
        return self.learner.world.account.clock.now - START

    def lines(self, kind: str = "advance") -> int:
        return sum(line["kind"] == kind for line in self.learner.journal.read())


@pytest.fixture
def account(tmp_path: Path, real: Real) -> Iterator[Account]:
    made = Account(tmp_path, real)
    yield made
    made.learner.close()


def test_an_account_catches_up_in_whole_seconds_before_it_answers(account: Account, real: Real) -> None:
    assert account.ask() == 0.0
    real.now += 0.99
    assert account.ask() == 19.0
    real.now += 0.06
    assert account.ask() == 21.0
    assert account.lines() == 2


def test_nothing_is_written_where_no_whole_second_passed_or_nobody_asks(account: Account, real: Real) -> None:
    account.ask()
    real.now += 0.01
    account.ask()
    real.now += 20
    account.ticking.catch_up(due_only=True)
    assert account.lines() == 0


def test_what_is_due_happens_though_nobody_asks(account: Account, real: Real) -> None:
    elbv2, ec2 = account.direct.client("elbv2"), account.direct.client("ec2")
    subnets = [one["SubnetId"] for one in ec2.describe_subnets()["Subnets"]][:2]
    elbv2.create_load_balancer(Name="lb", Subnets=subnets)
    real.now += 20
    account.ticking.catch_up(due_only=True)
    assert account.now > 0
    assert account.lines() == 1
    account.learner.settles = False
    real.now += 9
    account.ask()
    described = elbv2.describe_load_balancers()["LoadBalancers"][0]
    assert described["State"]["Code"] == "active"


def test_traffic_keeps_it_running(account: Account, real: Real) -> None:
    elbv2, ec2 = account.direct.client("elbv2"), account.direct.client("ec2")
    subnets = [one["SubnetId"] for one in ec2.describe_subnets()["Subnets"]][:2]
    elbv2.create_load_balancer(Name="lb", Subnets=subnets)
    account.learner.traffic("us-east-1", "lb", 10.0, 20.0, 3000.0)
    real.now += 100
    assert account.ask(STATUS) == 2000.0
    real.now += 100
    assert account.ask(STATUS) == 3000.0
    assert account.ticking.rests()


def test_to_look_at_a_resting_clock_does_not_wake_it(account: Account, real: Real) -> None:
    real.now += 31
    for path in (CLOCK, STATUS, CLOCK):
        assert account.ask(path) == 600.0
        assert account.ticking.rests()
        real.now += 5
    account.ask(CALL)
    assert not account.ticking.rests()


def test_who_watches_a_running_clock_waits(account: Account, real: Real) -> None:
    for _ in range(10):
        real.now += 20
        account.ask(CLOCK)
    assert account.now == 4000.0


def test_a_describe_call_on_the_live_clock_does_not_settle(account: Account) -> None:
    account.learner.settles = False
    elbv2, ec2 = account.direct.client("elbv2"), account.direct.client("ec2")
    subnets = [one["SubnetId"] for one in ec2.describe_subnets()["Subnets"]][:2]
    elbv2.create_load_balancer(Name="lb", Subnets=subnets)
    assert elbv2.describe_load_balancers()["LoadBalancers"][0]["State"]["Code"] == "provisioning"
    assert account.now == 0.0


def test_the_time_that_passed_is_replayed(account: Account, real: Real, tmp_path: Path) -> None:
    account.direct.client("ecs").create_cluster(clusterName="c")
    real.now += 7.7
    account.ask()
    account.learner.advance(0.25)
    real.now += 7.7
    account.ask()
    again = open_learner(tmp_path)
    assert again.state_text() == account.learner.state_text()
    again.close()


@pytest.fixture
def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    with running(tmp_path, "--clock", "live", "--speed", "600") as up:
        for name in ("AWS_ENDPOINT_URL", "DOCKYARD_TOKEN"):
            monkeypatch.setenv(name, up.variables[name])
        yield up


def test_a_real_sandbox_runs_and_a_notebook_waits_with_it(sandbox: Running) -> None:
    status, before = sandbox.control("GET", "clock")
    assert (status, before["mode"], before["speed"], before["resting"]) == (200, "live", 600.0, False)
    ec2, elbv2 = sandbox.client("ec2"), sandbox.client("elbv2")
    subnets = [one["SubnetId"] for one in ec2.describe_subnets()["Subnets"]][:2]
    elbv2.create_load_balancer(Name="lb", Subnets=subnets)
    elbv2.get_waiter("load_balancer_available").wait(WaiterConfig={"Delay": 0.1, "MaxAttempts": 100})
    started = sandbox.control("GET", "clock")[1]["now"]
    assert notebook.lab.wait(300) > started
    assert "The clock is live and runs, 600 simulated seconds a second." in notebook.lab.status()
    assert notebook.lab.advance(24 * 3600) > started
    state = sandbox.control("GET", "state")[1]
    assert sandbox.stop() == 0
    with running(sandbox.data, port=sandbox.port) as again:
        assert again.control("GET", "state")[1]["now"] >= state["now"]


def test_live_is_how_a_sandbox_comes(tmp_path: Path) -> None:
    from dockyard.cli import parser

    chosen = parser().parse_args(["up", "--data", str(tmp_path)])
    assert (chosen.clock, chosen.speed) == ("live", None)
