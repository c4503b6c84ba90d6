"""How a service scales, tried in forks: load as a share of its CPU, its limits, why it did not grow or shrink.

Knows nothing about where the line is or how many tasks there may be: the check says that.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from math import ceil

from dockyard.grading.checks import Failure, expect
from dockyard.grading.experiments import balancer_of, desired_count, healthy_targets, scaling_lines, until
from dockyard.grading.finding import Record, alarms, latest_refusal, scalable_targets
from dockyard.grading.world import World

__all__ = [
    "CPU_MS",
    "MINUTE",
    "away_from_schedules",
    "beyond_reach",
    "limits",
    "offer",
    "offset",
    "ready",
    "resource_of",
    "sees_nothing",
    "tasks_for",
    "vcpus",
    "why_not",
    "why_not_in",
]

CPU_MS = 20.0
MINUTE = 60.0
DAY = 24 * 60 * MINUTE
SCALING = "application-autoscaling"
READY_WITHIN = 15 * MINUTE
#: Percent of CPU: none is above it.
ALL = 100
#: The hour (UTC) at which no launch is expected.
EVENING = 20


def offer(fork: World, service: Record, percent: float, tasks: int) -> int:
    """Offer so much load, for a day, that the tasks there are now are so busy; how many these are.

    Waits first until at least `tasks` are healthy.
    """
    ready(fork, service, tasks)
    balancer = balancer_of(fork, service)
    if balancer is None:
        raise Failure("No load balancer stands before the service.", next="Put the service behind one first.")
    count = desired_count(fork, service)
    load = count * vcpus(fork, service) * percent / 100
    fork.traffic(balancer["LoadBalancerName"], load * 1000 / CPU_MS, CPU_MS, DAY)
    return count


def ready(fork: World, service: Record, tasks: int) -> None:
    """Wait until so many tasks are healthy, whatever went on when the fork was made."""
    calm = until(fork, lambda: len(healthy_targets(fork, service)) >= tasks, READY_WITHIN)
    words = {1: "one healthy task", 2: "two healthy tasks"}
    expect(calm, f"The service has not {words.get(tasks, f'{tasks} healthy tasks')} to begin with.")


def away_from_schedules(fork: World) -> None:
    """Where scheduled actions move the limits, let time pass until the evening, when none shall."""
    actions = fork.client(SCALING).describe_scheduled_actions(ServiceNamespace="ecs")["ScheduledActions"]
    if actions:
        now = datetime.fromtimestamp(fork.now(), UTC)
        evening = now.replace(hour=EVENING, minute=0, second=0, microsecond=0)
        fork.advance((evening - now).total_seconds() % DAY)


def vcpus(fork: World, service: Record) -> float:
    """The vCPUs of one task."""
    definition = fork.client("ecs").describe_task_definition(taskDefinition=service["taskDefinition"])
    return int(definition["taskDefinition"].get("cpu") or 1024) / 1024


def tasks_for(fork: World, service: Record, requests_per_second: float, percent: float = 100) -> int:
    """The tasks that so many requests keep so busy, rounded up."""
    return ceil(requests_per_second * CPU_MS / (10 * percent * vcpus(fork, service)))


def resource_of(service: Record) -> str:
    """What Application Auto Scaling calls a service."""
    return f"service/{service['clusterArn'].rpartition('/')[2]}/{service['serviceName']}"


def limits(fork: World, service: Record) -> Record:
    """The scalable target of a service; empty where there is none."""
    return next((one for one in scalable_targets(fork) if one["ResourceId"] == resource_of(service)), {})


def why_not(fork: World, service: Record, seen: str) -> Failure:
    """The failure of a scale-out, told by the part that is missing: limits, policy, alarm, its data, its action."""
    resource = resource_of(service)
    if not limits(fork, service):
        refused = latest_refusal(fork, (SCALING, "RegisterScalableTarget"), (SCALING, "PutScalingPolicy"))
        line = refused or f"describe_scalable_targets answers no {resource}"
        return Failure(f"{seen} {resource} is no scalable target.", cloud=line, next="register_scalable_target first.")
    watching = [one for one in alarms(fork) if one.get("Namespace") == "AWS/ECS"]
    if not watching:
        return Failure(f"{seen} No alarm watches the CPU.", cloud="describe_alarms answers none", next="Make one.")
    if not any("Greater" in one["ComparisonOperator"] for one in watching):
        return Failure(
            f"{seen} No alarm watches for high CPU.",
            cloud="; ".join(f"{one['AlarmName']}: {one['ComparisonOperator']}" for one in watching),
            next="A second put_metric_alarm under the same AlarmName replaces the first: give each a name of its own.",
        )
    for one in watching:
        if one["StateValue"] == "ALARM" and not _acts(one) and "Greater" in one["ComparisonOperator"]:
            return Failure(
                f"{seen} The alarm {one['AlarmName']} rang, but it has no action.",
                cloud=f"{one['StateValue']}: {one['StateReason']} AlarmActions: []",
                next="Give put_metric_alarm the policy's ARN: AlarmActions=[the policy's ARN].",
            )
    for one in watching:
        if one["StateValue"] == "ALARM" and "Greater" in one["ComparisonOperator"]:
            return _added_nothing(fork, one, seen)
    if blind := [one for one in watching if one["StateValue"] == "INSUFFICIENT_DATA"]:
        return sees_nothing(blind[0], service, seen)
    lines = [
        *scaling_lines(fork),
        *(f"{one['AlarmName']} {one['StateValue']}: {one['StateReason']}" for one in watching),
    ]
    return Failure(seen, cloud=lines[0], next="Read the alarm's reason and its history: which line is crossed, when?")


def why_not_in(fork: World, service: Record, seen: str) -> Failure:
    """The failure of a scale-in, told by what is missing: an alarm on low CPU, its data, its action, a step."""
    low = [one for one in alarms(fork) if one.get("Namespace") == "AWS/ECS" and "Less" in one["ComparisonOperator"]]
    if not low:
        return Failure(
            f"{seen} No alarm watches for low CPU.",
            cloud=next(iter(scaling_lines(fork)), "no scaling activity"),
            next="A scale-out policy alone never scales in: add a policy with -1 and an alarm on low CPU.",
        )
    one = next((one for one in low if one["StateValue"] == "ALARM"), low[0])
    if one["StateValue"] == "INSUFFICIENT_DATA":
        return sees_nothing(one, service, seen)
    told, what_next = _rings_in_vain(fork, one)
    line = f"{one['AlarmName']} {one['StateValue']}: {_short(one['StateReason'])}"
    return Failure(f"{seen} {told}", cloud=line, next=what_next)


def _rings_in_vain(fork: World, alarm: Record) -> tuple[str, str]:
    """What an alarm on low CPU does instead of bringing the count back in time, and what to change."""
    rings = f"The alarm {alarm['AlarmName']}"
    if alarm["StateValue"] != "ALARM":
        wanted = f"It wants {_wanted(alarm)}."
        return (
            f"{rings} does not ring. {wanted}",
            "Patience has an end: the low alarm must ring within two hours of calm.",
        )
    if not _acts(alarm):
        return f"{rings} rings, but it has no action.", "Give it the ARN of the policy with -1: AlarmActions=[fewer]."
    policy = _called(fork, alarm)
    calls = f"{rings} rings and calls the policy {policy.get('PolicyName', 'that was deleted')}"
    down = [one for one in _steps(policy) if one["ScalingAdjustment"] < 0]
    if policy.get("PolicyType") != "TargetTrackingScaling" and not down:
        return f"{calls}, which takes no task away: no step is below 0.", "AlarmActions needs the ARN of one with -1."
    if down and all(one.get("MetricIntervalLowerBound", -1) >= 0 for one in down):
        return (
            f"{calls}, whose steps begin above the line: none takes a task away.",
            "Below a line the bound is an upper one: MetricIntervalUpperBound=0 with ScalingAdjustment=-1.",
        )
    return f"{calls}, which waits {_waits(policy)} after each step in.", "Shorten its cooldown, or let it take more."


def _added_nothing(fork: World, alarm: Record, seen: str) -> Failure:
    """The failure of a scale-out whose alarm rang and called a policy."""
    policy = _called(fork, alarm)
    what_next = "Is there a step from MetricIntervalLowerBound=0 on? Is MaxCapacity reached?"
    called = f"called the policy {policy.get('PolicyName', 'that was deleted')}, which added nothing."
    if (steps := _steps(policy)) and all(one["ScalingAdjustment"] < 0 for one in steps):
        called = f"called the policy {policy['PolicyName']}, which adds none: its steps take tasks away."
        what_next = (
            "AlarmActions needs the ARN of the policy with +1. (A second put_scaling_policy under the same PolicyName "
            "replaces the first.)"
        )
    told = beyond_reach(alarm, steps)
    return Failure(
        f"{seen} The alarm {alarm['AlarmName']} rang and {called}",
        cloud="" if told else f"{alarm['StateValue']}: {_short(alarm['StateReason'])}",
        next=told or what_next,
    )


def beyond_reach(alarm: Record, steps: list[Record]) -> str:
    """What to say of a line or a step out beyond 100 %, which no CPU crosses; "" where there is none."""
    if alarm["Threshold"] > ALL or (alarm["Threshold"], alarm["ComparisonOperator"]) == (ALL, "GreaterThanThreshold"):
        return f"The CPU never shows more than 100 %: lower the line of {alarm['AlarmName']}."
    for bound in (one.get("MetricIntervalLowerBound", 0) for one in steps):
        begins = alarm["Threshold"] + bound
        if begins > ALL:
            return (
                f"The step from {bound:.0f} on begins at {begins:.0f} %, and the CPU never shows more than 100: "
                f"it cannot come. {offset(alarm['Threshold'])}"
            )
    return ""


def offset(line: float) -> str:
    """What a step's bound counts from."""
    return f"Bounds count from the alarm's line, {line:g} %: a bound of 20 means {line + 20:.0f} %."


def _short(reason: str) -> str:
    """An alarm's reason with its first three datapoints: an alarm may watch for hours."""
    return re.sub(r"\[((?:[^,\]]+, ){3})[^\]]*\]", r"[\1…]", reason)


def sees_nothing(alarm: Record, service: Record, seen: str) -> Failure:
    """The failure of an alarm that has no data."""
    cluster = service["clusterArn"].rpartition("/")[2]
    told = ", ".join(f"{each['Name']}={each['Value']}" for each in alarm.get("Dimensions", []))
    return Failure(
        f"{seen} The alarm {alarm['AlarmName']} sees nothing: it stays in INSUFFICIENT_DATA.",
        cloud=f"{alarm['StateReason']} ({told or 'no dimensions'})",
        next=f"Its dimensions must be ClusterName={cluster}, ServiceName={service['serviceName']} and no other.",
    )


def _called(fork: World, alarm: Record) -> Record:
    """The policy that an alarm calls; empty where it is not there."""
    told = fork.client(SCALING).describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]
    return next((one for one in told if one["PolicyARN"] in alarm.get("AlarmActions", [])), {})


def _steps(policy: Record) -> list[Record]:
    """The steps of a policy; none of target tracking."""
    return list(policy.get("StepScalingPolicyConfiguration", {}).get("StepAdjustments", []))


def _waits(policy: Record) -> str:
    """How long a policy waits after a step in: AWS's default is 300 seconds."""
    tracked = policy.get("TargetTrackingScalingPolicyConfiguration", {}).get("ScaleInCooldown", 300)
    seconds = policy.get("StepScalingPolicyConfiguration", {}).get("Cooldown", tracked)
    return f"{seconds / MINUTE:g} minutes (Cooldown {seconds})"


def _wanted(alarm: Record) -> str:
    """How many datapoints an alarm wants before it rings: `3 of its last 15 periods of 60 s`."""
    last = alarm["EvaluationPeriods"]
    return f"{alarm.get('DatapointsToAlarm', last)} of its last {last} periods of {alarm['Period']} s"


def _acts(alarm: Record) -> bool:
    """Whether an alarm's action is a scaling policy."""
    return any("scalingPolicy" in one for one in alarm.get("AlarmActions", []))
