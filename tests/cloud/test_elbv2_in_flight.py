"""Requests that last: in flight until they are answered, or lost with their target; each is told once."""

from __future__ import annotations

from typing import Any

import pytest
from cloud.builder import REGION, Builder
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dockyard.cloud.ecs.service import Ecs
from dockyard.cloud.elbv2.service import ElasticLoadBalancing

LASTS = 20.0
LOST_FROM = "requests in flight at"


class Busy(Builder):
    """The steady service of two tasks, which bears 5 requests a second of 20 seconds each."""

    def __init__(self, delay: int = 300) -> None:
        super().__init__()
        self.define()
        self.balance()
        self.attribute("deregistration_delay.timeout_seconds", delay)
        self.serve()
        self.steady()

    def attribute(self, key: str, value: int) -> None:
        """Set an attribute of the target group."""
        attributes = [{"Key": key, "Value": str(value)}]
        self.call("elbv2", "ModifyTargetGroupAttributes", TargetGroupArn=self.target_group, Attributes=attributes)

    def ask(self, requests_per_second: float = 5, seconds: float = 600, lasts: float = LASTS) -> None:
        """Offer requests that last."""
        self.cloud.service(ElasticLoadBalancing, REGION).offer("lb", requests_per_second, 1, seconds, lasts=lasts)
        self.cloud.woken(REGION)

    def kill(self) -> None:
        """The first task's container ends."""
        running = [one.id for one in self.cloud.service(Ecs, REGION).ecs.tasks.values() if one.running]
        for number in running[:1]:
            self.cloud.service(Ecs, REGION).container_exited(number, "web", 137)

    def stop(self) -> None:
        """StopTask for the first task."""
        for task in self.tasks()[:1]:
            self.call("ecs", "StopTask", cluster="c", task=task["taskArn"])

    def roll(self) -> None:
        """Another deployment of the same revision."""
        self.call("ecs", "UpdateService", cluster="c", service="s", forceNewDeployment=True)

    def counted(self, name: str) -> float:
        """The sum of a load balancer's metric since the start."""
        series = self.cloud.account.regions[REGION]["cloudwatch"].series.values()
        found = [one for one in series if one.name == name and [key for key, _ in one.dimensions] == ["LoadBalancer"]]
        return sum(sum(one.totals) for one in found)


def test_requests_are_in_flight_for_as_long_as_they_last_and_then_answered() -> None:
    built = Busy()
    built.ask(seconds=60)
    built.cloud.advance(30)
    assert (built.tally().served, built.tally().in_flight) == pytest.approx((50, 100))
    built.cloud.advance(600)
    assert (built.tally().served, built.tally().failed, built.tally().in_flight) == pytest.approx((300, 0, 0))
    assert built.counted("RequestCount") == pytest.approx(300)
    assert built.counted("HTTPCode_Target_2XX_Count") == pytest.approx(300)
    assert built.counted("TargetResponseTime") / 300 == pytest.approx(20.0, abs=0.01)


@pytest.mark.parametrize(("delay", "lost"), [(0, 1.0), (5, 0.75), (300, 0.0)])
def test_a_rolling_deployment_loses_what_is_in_flight_when_the_delay_is_over(delay: int, lost: float) -> None:
    built = Busy(delay)
    built.ask()
    built.cloud.advance(60)
    built.roll()
    built.cloud.advance(540 + 60)
    tally = built.tally()
    # The new tasks are healthy at once, and the old ones stop: at each of these 2.5/s × 20 s were on their way.
    assert tally.failed == pytest.approx(100 * lost, rel=0.1)
    assert built.counted("HTTPCode_ELB_502_Count") == pytest.approx(tally.failed)
    assert built.counted("HTTPCode_ELB_5XX_Count") == pytest.approx(tally.failed)
    assert (tally.served + tally.failed, tally.in_flight) == pytest.approx((3000, 0))


@pytest.mark.parametrize(("delay", "lost"), [(0, 50.0), (5, 37.5), (300, 0.0)])
def test_a_stopped_task_may_finish_within_the_delay(delay: int, lost: float) -> None:
    built = Busy(delay)
    built.ask()
    built.cloud.advance(60)
    built.stop()
    built.cloud.advance(600)
    assert built.tally().failed == pytest.approx(lost)


def test_a_killed_task_loses_all_that_it_had_whatever_the_delay() -> None:
    built = Busy(delay=300)
    built.ask()
    built.cloud.advance(60)
    built.kill()
    assert built.tally().failed == pytest.approx(50)
    assert built.tally().in_flight == pytest.approx(50)
    built.cloud.advance(600)
    assert built.tally().failed == pytest.approx(50)
    told = [one.what for one in built.cloud.account.causes.kept.values() if LOST_FROM in one.what]
    assert len(told) == 1
    assert told[0].startswith("50 ")


def test_a_task_that_dies_while_it_drains_loses_the_rest() -> None:
    built = Busy(delay=300)
    built.ask()
    built.cloud.advance(60)
    number = built.tasks()[0]["taskArn"].rpartition("/")[2]
    built.call("ecs", "StopTask", cluster="c", task=number)
    built.cloud.advance(8)
    built.cloud.service(Ecs, REGION).container_exited(number, "web", 137)
    assert built.tally().failed == pytest.approx(2.5 * 12)


def test_a_target_that_is_deregistered_gets_no_new_requests_and_answers_the_old() -> None:
    built = Busy(delay=30)
    built.ask()
    built.cloud.advance(60)
    address = built.tasks()[0]["attachments"][0]["details"][2]["value"]
    built.call("elbv2", "DeregisterTargets", TargetGroupArn=built.target_group, Targets=[{"Id": address}])
    (balancer,) = built.cloud.account.regions[REGION]["elbv2"].balancers.values()
    built.cloud.advance(10)
    built.tally()
    assert address not in [one.address for one in balancer.shares]
    built.cloud.advance(60)
    assert built.tally().failed == 0


def test_nobody_waits_longer_than_the_idle_time_out() -> None:
    built = Busy()
    built.ask(seconds=60, lasts=61)
    built.cloud.advance(59)
    assert built.tally().failed == 0
    built.cloud.advance(600)
    assert (built.tally().served, built.tally().failed) == pytest.approx((0, 300))
    assert built.counted("HTTPCode_ELB_504_Count") == pytest.approx(300)


def test_a_fork_finishes_what_is_in_flight_and_looking_changes_nothing() -> None:
    built = Busy()
    built.ask(seconds=60)
    built.cloud.advance(55)
    before = built.cloud.account.described()
    built.tally()
    assert built.cloud.account.described() == before
    fork = built.cloud.fork("later", built.land)
    fork.advance(600)
    assert fork.service(ElasticLoadBalancing, REGION).tally("lb").served == pytest.approx(300)
    assert built.tally().served == pytest.approx(175)


def test_what_is_in_flight_takes_no_more_room_the_longer_it_flows() -> None:
    built = Busy()
    built.ask(seconds=7200)
    built.cloud.advance(3600)
    built.tally()
    (balancer,) = built.cloud.account.regions[REGION]["elbv2"].balancers.values()
    assert len(balancer.flights) == 2  # one for each target


WHAT = st.sampled_from(("kill", "stop", "roll", "nothing"))
STEPS = st.lists(st.tuples(WHAT, st.sampled_from((0.5, 7.0, 33.0, 90.0, 400.0))), max_size=8)
OFFERS = st.sampled_from((0.0, 0.3, 20.0, 59.0, 75.0))


@settings(max_examples=40, deadline=None)
@example(delay=0, lasts=0.0, steps=[("kill", 7.0), ("kill", 33.0), ("kill", 0.5), ("kill", 0.5)], looks=False)
@given(delay=st.sampled_from((0, 5, 300)), lasts=OFFERS, steps=STEPS, looks=st.booleans())
def test_every_request_is_answered_or_failed_once(delay: int, lasts: float, steps: list[Any], looks: bool) -> None:
    built = Busy(delay)
    started = built.cloud.account.clock.now
    built.ask(seconds=300, lasts=lasts)
    for what, seconds in steps:
        if what != "nothing":
            getattr(built, what)()
        if looks:  # counting more often counts no other numbers
            built.cloud.service(ElasticLoadBalancing, REGION).meter()
        built.cloud.advance(seconds)
        tally, passed = built.tally(), min(built.cloud.account.clock.now - started, 300)
        assert tally.served + tally.failed + tally.lost + tally.in_flight == pytest.approx(tally.requests)
        assert tally.requests == pytest.approx(5 * passed)
    built.cloud.advance(1200)
    tally = built.tally()
    assert (tally.requests, tally.in_flight) == pytest.approx((1500, 0))
    assert built.counted("RequestCount") <= tally.requests + 1e-6
    answers = sum(built.counted(f"HTTPCode_{one}_Count") for one in ("Target_2XX", "ELB_5XX"))
    assert answers == pytest.approx(tally.served + tally.failed)
