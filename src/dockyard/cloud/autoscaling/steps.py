"""Step scaling: which step a breach takes, and the capacity that follows.

Knows nothing about targets, alarms and time.
https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

from dockyard.cloud.autoscaling.base import invalid

Step = dict[str, Any]


def check_steps(configuration: dict[str, Any]) -> None:
    """Refuse a step scaling configuration as AWS does. Raises AwsError ValidationException."""
    steps = sorted(configuration.get("StepAdjustments", ()), key=_lower)
    if not configuration.get("AdjustmentType") or not steps:
        raise invalid("A step scaling policy needs an AdjustmentType and at least one step adjustment.")
    if "MinAdjustmentMagnitude" in configuration and configuration["AdjustmentType"] != "PercentChangeInCapacity":
        raise invalid("MinAdjustmentMagnitude is supported only with the adjustment type PercentChangeInCapacity.")
    for step in steps:
        if math.inf == _upper(step) == -_lower(step):
            raise invalid("The upper and lower bound of a step adjustment can't both be unspecified.")
        if _lower(step) >= _upper(step):
            raise invalid("The lower bound of a step adjustment must be less than its upper bound.")
    for one, other in pairwise(steps):
        if _upper(one) != _lower(other):
            raise invalid("The ranges of your step adjustments can't overlap or have a gap.")
    if -math.inf < _lower(steps[0]) < 0:
        raise invalid("A step adjustment with a negative lower bound needs one with an unspecified lower bound.")
    if 0 < _upper(steps[-1]) < math.inf:
        raise invalid("A step adjustment with a positive upper bound needs one with an unspecified upper bound.")


def adjustment(steps: list[Step], difference: float, below: bool) -> int | None:
    """The adjustment for a metric that differs so much from the alarm's threshold, None when no step says anything.

    Bounds are offsets from the threshold: the lower one inclusive and the upper one exclusive, for an alarm `below`
    its threshold the other way round.
    """
    for step in steps:
        lower, upper = _lower(step), _upper(step)
        if lower < difference <= upper if below else lower <= difference < upper:
            amount: int = step["ScalingAdjustment"]
            return amount
    return None


def adjusted(configuration: dict[str, Any], amount: int, base: int) -> int:
    """The capacity that an adjustment makes out of `base`."""
    kind = configuration["AdjustmentType"]
    if kind == "ExactCapacity":
        return amount
    if kind == "ChangeInCapacity":
        return max(0, base + amount)
    change = base * amount / 100
    # less than one is one, anything else is truncated
    whole = math.trunc(change) if abs(change) >= 1 or change == 0 else int(math.copysign(1, change))
    least = configuration.get("MinAdjustmentMagnitude", 0)
    if amount and abs(whole) < least:
        whole = least if amount > 0 else -least
    return max(0, base + whole)


def _lower(step: Step) -> float:
    bound: float = step.get("MetricIntervalLowerBound", -math.inf)
    return bound


def _upper(step: Step) -> float:
    bound: float = step.get("MetricIntervalUpperBound", math.inf)
    return bound
