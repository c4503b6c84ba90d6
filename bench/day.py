"""24 simulated hours of ten tasks under changing load, with two alarms and target tracking.

Knows nothing about a host: the simulator alone, over the plain landscape of the tests.
"""

from __future__ import annotations

import itertools
import sys
from statistics import median
from typing import Any

from report import RUNS, Found, Row, amount, spread, timed
from servers import ROOT

TASKS = 10
#: Requests a second of 20 ms, each for half an hour, over and over: ten tasks of one vCPU are at 30 to 80 %.
LOADS = (150.0, 220.0, 300.0, 350.0, 400.0, 330.0, 260.0, 180.0)
HALF_HOUR = 1800.0
DIMENSION = {
    "ServiceNamespace": "ecs", "ResourceId": "service/c/s", "ScalableDimension": "ecs:service:DesiredCount",
}  # fmt: skip


def measure() -> Found:
    """A fresh cloud for each run; building it is not timed."""
    seconds, tasks = [], 0
    for _ in range(RUNS + 1):
        built = build()
        seconds.append(timed(lambda built=built: live(built)))  # type: ignore[misc]
        tasks = len(built.tasks())
    account = built.cloud.account
    notes = [
        spread("days", seconds[1:]),
        f"a day writes {account.agenda.written} entries to the agenda and ends with {tasks} tasks, "
        f"{amount(len(account.frozen()) / 1000)} KB",
    ]
    return Found([Row("24 simulated hours of ten tasks", median(seconds[1:]), "s", 1.0)], notes)


def build() -> Any:
    """Ten tasks behind a balancer that target tracking keeps near 55 % CPU, and two alarms."""
    if str(ROOT / "tests") not in sys.path:
        sys.path.insert(0, str(ROOT / "tests"))
    from cloud.builder import Builder

    built = Builder()
    built.define()
    built.serve(desiredCount=TASKS)
    built.steady()
    built.call("application-autoscaling", "RegisterScalableTarget", **DIMENSION, MinCapacity=6, MaxCapacity=14)
    metric = {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}
    tracking = {"TargetValue": 55.0, "PredefinedMetricSpecification": metric}
    built.call(
        "application-autoscaling", "PutScalingPolicy", PolicyName="track", PolicyType="TargetTrackingScaling",
        **DIMENSION, TargetTrackingScalingPolicyConfiguration=tracking,
    )  # fmt: skip
    for name, comparison, threshold in (("busy", "GreaterThanThreshold", 70.0), ("idle", "LessThanThreshold", 40.0)):
        built.call(
            "cloudwatch", "PutMetricAlarm", AlarmName=name, Namespace="AWS/ECS", MetricName="CPUUtilization",
            Dimensions=[{"Name": "ClusterName", "Value": "c"}, {"Name": "ServiceName", "Value": "s"}],
            Statistic="Average", Period=60, EvaluationPeriods=3, Threshold=threshold, ComparisonOperator=comparison,
        )  # fmt: skip
    return built


def live(built: Any) -> None:
    """The day."""
    loads = itertools.cycle(LOADS)
    for _ in range(48):
        built.offer(next(loads), HALF_HOUR)
        built.cloud.advance(HALF_HOUR)
