"""A service's last hours minute by minute: load, CPU, desired and running tasks, and the states of its alarms.

Knows nothing about how it is drawn. It only reads records, and makes none.
"""

from __future__ import annotations

import json
from typing import Any

from dockyard.cloud.account import Account
from dockyard.cloud.autoscaling.state import AutoScalingState
from dockyard.cloud.clock import MINUTE, iso
from dockyard.cloud.cloudwatch.state import Alarm, CloudWatchState, MetricKey, metric_key
from dockyard.cloud.ecs.state import EcsState, ServiceRecord
from dockyard.cloud.elbv2.state import BalancingState

__all__ = ["MOST_MINUTES", "alarms_of", "timeline"]

#: A day: more rows than that nobody reads.
MOST_MINUTES = 1440
Row = dict[str, Any]


def timeline(account: Account, region: str, minutes: int) -> dict[str, Any]:
    """`{"now", "services": [{"cluster", "service", "alarms": [{"name", "rule"}], "rows": [a row a minute]}]}`.

    A row is `{"at", "requests_per_second", "cpu", "desired", "running", "alarms": {name: state}}`: a whole minute,
    which begins `at`, and what held at its end; None (or an alarm left out) where there was nothing to measure.
    """
    kept = account.regions.get(region, {})
    ecs: EcsState = kept.get("ecs") or EcsState()
    end = account.clock.now // MINUTE * MINUTE
    starts = [end - number * MINUTE for number in range(minutes, 0, -1)]
    services = [one for one in ecs.services.values() if one.status != "INACTIVE"]
    return {"now": iso(account.clock.now), "services": [_service(kept, one, starts) for one in services]}


def _service(kept: dict[str, Any], service: ServiceRecord, starts: list[float]) -> dict[str, Any]:
    watch: CloudWatchState = kept.get("cloudwatch") or CloudWatchState()
    alarms = alarms_of(kept, service)
    spells = {one.name: _spells(watch, one) for one in alarms}
    dimensions = {"ClusterName": service.cluster, "ServiceName": service.name}
    cpu_key = metric_key("AWS/ECS", "CPUUtilization", dimensions)
    cpu, running = (_values(watch, cpu_key, statistic, starts) for statistic in ("Average", "SampleCount"))
    load = _load(kept, watch, service, starts)
    rows = [
        {
            "at": iso(start),
            "requests_per_second": load.get(start),
            "cpu": cpu.get(start),
            "desired": _desired(service, start + MINUTE),
            "running": round(running.get(start, 0)) if start >= service.created_at // MINUTE * MINUTE else None,
            "alarms": {name: state for name, told in spells.items() if (state := _at(told, start + MINUTE))},
        }
        for start in starts
    ]
    rules = [{"name": one.name, "rule": rule_of(one)} for one in alarms]
    return {"cluster": service.cluster, "service": service.name, "alarms": rules, "rows": rows}


def _values(watch: CloudWatchState, key: MetricKey, statistic: str, starts: list[float]) -> dict[float, float]:
    series = watch.series.get(key)
    if series is None or not starts:
        return {}
    return {one.start: one.value(statistic) for one in series.buckets(starts[0], starts[-1] + MINUTE, MINUTE)}


def _load(
    kept: dict[str, Any], watch: CloudWatchState, service: ServiceRecord, starts: list[float]
) -> dict[float, float]:
    """Requests a second that reached the service's target groups, by the minute's start."""
    balancing: BalancingState = kept.get("elbv2") or BalancingState()
    total: dict[float, float] = {}
    for one in service.load_balancers:
        group = balancing.groups.get(one["targetGroupArn"])
        for key in watch.series if group else ():
            namespace, name, dimensions = key
            if (namespace, name) != ("AWS/ApplicationELB", "RequestCount") or len(dimensions) != 2:
                continue
            if group and dict(dimensions).get("TargetGroup") == group.dimension:
                for start, count in _values(watch, key, "Sum", starts).items():
                    total[start] = total.get(start, 0.0) + count / MINUTE
    return total


def alarms_of(kept: dict[str, Any], service: ServiceRecord) -> list[Alarm]:
    """The alarms that look at a service or its target groups, or that call one of its policies."""
    watch: CloudWatchState = kept.get("cloudwatch") or CloudWatchState()
    scaling: AutoScalingState = kept.get("application-autoscaling") or AutoScalingState()
    target = scaling.targets.get(f"service/{service.cluster}/{service.name}")
    policies = {one.arn for one in target.policies.values()} if target else set()
    groups = {one["targetGroupArn"].rpartition(":")[2] for one in service.load_balancers}
    return [one for one in watch.alarms.values() if _concerns(one, service, policies, groups)]


def _concerns(alarm: Alarm, service: ServiceRecord, policies: set[str], groups: set[str]) -> bool:
    dimensions = dict(alarm.rule.key[2])
    named = (dimensions.get("ClusterName"), dimensions.get("ServiceName")) == (service.cluster, service.name)
    called = any(action in policies for actions in alarm.actions.values() for action in actions)
    return named or called or dimensions.get("TargetGroup") in groups


def rule_of(alarm: Alarm) -> str:
    """What an alarm waits for: `Average of CPUUtilization > 70, 2 of 2 times 60 s`."""
    rule = alarm.rule
    sign = {
        "GreaterThanThreshold": ">", "GreaterThanOrEqualToThreshold": "≥", "LessThanThreshold": "<",
        "LessThanOrEqualToThreshold": "≤",
    }.get(rule.operator, rule.operator)  # fmt: skip
    often = f"{rule.to_alarm} of {rule.periods} times {rule.period} s"
    return f"{rule.statistic} of {rule.key[1]} {sign} {rule.threshold:g}, {often}"


def _desired(service: ServiceRecord, moment: float) -> int | None:
    """The desired count just before a moment, None before the service was there."""
    return next((count for since, count in reversed(service.desired_since) if since < moment), None)


def _spells(watch: CloudWatchState, alarm: Alarm) -> list[tuple[float, str]]:
    """Since when an alarm was in which state, oldest first; of what its history forgot, its last state is known."""
    found: list[tuple[float, str]] = []
    for item in watch.history:
        if item.alarm != alarm.name or item.kind == "Action":
            continue
        if item.kind == "StateUpdate":
            found.append((item.at, json.loads(item.data)["newState"]["stateValue"]))
        elif not found:
            found.append((item.at, "INSUFFICIENT_DATA"))
    return found or [(alarm.configured_at, alarm.state)]


def _at(spells: list[tuple[float, str]], moment: float) -> str:
    """The state just before a moment, "" while there was none."""
    return next((state for since, state in reversed(spells) if since < moment), "")
