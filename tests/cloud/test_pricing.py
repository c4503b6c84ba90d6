"""The bill follows the clock: by the second, of what runs, and it stops when nothing does."""

from __future__ import annotations

import pytest
from cloud.builder import Builder

HOUR = 3600.0


def dollars(built: Builder) -> dict[str, float]:
    return {one.meter: one.dollars for one in built.cloud.bill()}


def test_two_tasks_and_a_balancer_cost_what_the_price_page_says() -> None:
    built = Builder()
    built.define()
    built.serve()
    built.steady()
    before = dollars(built)
    built.cloud.advance(10 * HOUR)
    after = dollars(built)
    hourly = {meter: (after[meter] - before[meter]) / 10 for meter in after}
    assert hourly == pytest.approx(
        {
            "Fargate vCPU": 2 * 0.04048,
            "Fargate GB": 2 * 2 * 0.004445,
            "Application Load Balancer": 0.0225,
            "public IPv4 address": 4 * 0.005,  # two tasks, two zones of the balancer
        }
    )


def test_nothing_is_billed_once_everything_is_gone() -> None:
    built = Builder()
    built.define()
    built.serve()
    built.steady()
    built.call("ecs", "DeleteService", cluster="c", service="s", force=True)
    built.steady()
    arn = built.call("elbv2", "DescribeLoadBalancers")["LoadBalancers"][0]["LoadBalancerArn"]
    built.call("elbv2", "DeleteLoadBalancer", LoadBalancerArn=arn)
    spent = dollars(built)
    built.cloud.advance(10 * HOUR)
    assert dollars(built) == spent
    assert spent["Fargate vCPU"] > 0


def test_a_task_is_billed_for_a_minute_at_least() -> None:
    built = Builder()
    built.define()
    built.serve(balanced=False, desiredCount=1)
    built.cloud.advance(20)
    assert dollars(built)["Fargate vCPU"] == pytest.approx(60 / HOUR * 0.04048)
