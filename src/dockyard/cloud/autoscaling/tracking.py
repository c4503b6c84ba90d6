"""Target tracking: the metric a policy follows, the two alarms it makes, and the capacity it wants.

Knows nothing about cooldowns and bounds.
https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from dockyard.cloud.autoscaling.base import invalid
from dockyard.cloud.autoscaling.state import Policy, Target

LABEL = re.compile(r"(?P<balancer>app/[^/]+/[^/]+)/(?P<group>targetgroup/[^/]+/[^/]+)")
PREDEFINED = {
    "ECSServiceAverageCPUUtilization": "CPUUtilization",
    "ECSServiceAverageMemoryUtilization": "MemoryUtilization",
}
#: AlarmLow watches for so much of the target, so that the count does not swing.
LOW = 0.9
HIGH_MINUTES, LOW_MINUTES = 3, 15


@dataclass(slots=True, frozen=True)
class Metric:
    """The metric that a policy follows."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    statistic: str


def metric(configuration: dict[str, Any], service: tuple[str, str]) -> Metric:
    """The metric that a configuration means for an ECS service. Raises AwsError ValidationException."""
    predefined = configuration.get("PredefinedMetricSpecification")
    customized = configuration.get("CustomizedMetricSpecification")
    if (predefined is None) == (customized is None):
        raise invalid(
            "Exactly one of PredefinedMetricSpecification and CustomizedMetricSpecification must be specified."
        )
    return _customized(customized) if customized is not None else _predefined(predefined or {}, service)


def _predefined(specification: dict[str, Any], service: tuple[str, str]) -> Metric:
    kind, label = specification["PredefinedMetricType"], specification.get("ResourceLabel", "")
    if kind in PREDEFINED:
        if label:
            raise invalid(f"Resource label should not be specified for predefined metric type {kind}")
        return Metric(
            "AWS/ECS", PREDEFINED[kind], (("ClusterName", service[0]), ("ServiceName", service[1])), "Average"
        )
    if kind != "ALBRequestCountPerTarget":
        raise invalid(
            f"Dockyard does not simulate the predefined metric type {kind} for ECS services: "
            f"use one of {', '.join([*PREDEFINED, 'ALBRequestCountPerTarget'])}."
        )
    if not label:
        raise invalid(f"Resource label should be specified for predefined metric type {kind}")
    found = LABEL.fullmatch(label)
    if found is None:
        raise invalid(
            f"Invalid resource label {label}: it is made of the last parts of the load balancer's and the target "
            "group's ARNs, app/NAME/ID/targetgroup/NAME/ID."
        )
    dimensions = (("LoadBalancer", found["balancer"]), ("TargetGroup", found["group"]))
    return Metric("AWS/ApplicationELB", "RequestCountPerTarget", dimensions, "Sum")


def _customized(specification: dict[str, Any]) -> Metric:
    if specification.get("Metrics"):
        raise invalid("Dockyard does not simulate metric math in a CustomizedMetricSpecification yet: name one metric.")
    absent = [name for name in ("MetricName", "Namespace", "Statistic") if not specification.get(name)]
    if absent:
        raise invalid(f"The CustomizedMetricSpecification must contain {absent[0]}.")
    dimensions = tuple((one["Name"], one["Value"]) for one in specification.get("Dimensions", ()))
    return Metric(specification["Namespace"], specification["MetricName"], dimensions, specification["Statistic"])


def alarms(target: Target, policy: Policy, low_id: str, high_id: str) -> list[dict[str, Any]]:
    """The requests of PutMetricAlarm for a policy: AlarmHigh, and AlarmLow unless it must not scale in."""
    followed = metric(policy.configuration, target.service)
    value = policy.configuration["TargetValue"]
    kinds = [("AlarmHigh", high_id, value, "GreaterThanThreshold", HIGH_MINUTES)]
    if not policy.configuration.get("DisableScaleIn", False):
        kinds.append(("AlarmLow", low_id, value * LOW, "LessThanThreshold", LOW_MINUTES))
    return [
        {
            "AlarmName": f"TargetTracking-{target.resource}-{kind}-{identifier}",
            "AlarmDescription": f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {policy.arn}.",
            "Namespace": followed.namespace,
            "MetricName": followed.name,
            "Dimensions": [{"Name": name, "Value": one} for name, one in followed.dimensions],
            "Statistic": followed.statistic,
            "Period": 60,
            "EvaluationPeriods": minutes,
            "Threshold": threshold,
            "ComparisonOperator": comparison,
            "AlarmActions": [policy.arn],
        }
        for kind, identifier, threshold, comparison, minutes in kinds
    ]


def proportional(base: int, value: float, wanted: float) -> int:
    """The capacity at which a metric of `value` over `base` tasks would be what is wanted, rounded up."""
    return math.ceil(base * value / wanted - 1e-9)


def gradual(current: int, wish: int) -> int:
    """A wish to scale in, made careful: a tenth of the tasks at once, at least one. AWS does not say its amount."""
    return max(wish, current - max(1, current // 10))
