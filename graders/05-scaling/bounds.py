"""Step 1: are the limits kept? In a fork, policies of the check ask for a thousand tasks, and for none."""

from dockyard.grading import attempt, check, expect
from dockyard.grading.experiments import desired_count
from dockyard.grading.finding import latest_refusal
from dockyard.grading.scaling import MINUTE, away_from_schedules, limits, ready, resource_of
from dockyard.grading.serving import service_behind_a_balancer

LEAST = 2


@check
def is_scalable(world, values):
    """The service is registered as something that may be scaled."""
    service = service_behind_a_balancer(world, values, 1)
    refused = latest_refusal(world, ("application-autoscaling", "RegisterScalableTarget"))
    expect(
        limits(world, service),
        f"{resource_of(service)} is no scalable target.",
        cloud=refused or "describe_scalable_targets answers no such resource",
        next="scaling.register_scalable_target(**target, MinCapacity=…, MaxCapacity=…)",
    )


@check(after=is_scalable)
def never_above_the_most(world, values):
    """However many tasks a policy asks for, there are never more than {most_tasks}; and that many when needed."""
    reached, line, outside = asked_for(world, values, 1000)
    expect(
        reached == int(values["most_tasks"]),
        f"A policy asked for a thousand tasks; the service went to {reached}.",
        cloud=line,
        next=outside or f"MaxCapacity is the most there may be: {values['most_tasks']}.",
    )


@check(after=is_scalable)
def never_below_two(world, values):
    """However few tasks a policy asks for, there are never fewer than two; and two when it is calm."""
    reached, line, outside = asked_for(world, values, 0)
    expect(
        reached == LEAST,
        f"A policy asked for no task at all; the service went to {reached}.",
        cloud=line,
        next=outside or "MinCapacity is the fewest there may be: 2, so that one may die.",
    )


def asked_for(world, values, tasks):
    """What the service wants after a policy asked for so many tasks, the limits in a line, and `set_from_outside`."""
    service = service_behind_a_balancer(world, values, 1)
    fork = world.fork(f"asked for {tasks}")
    away_from_schedules(fork)
    ready(fork, service, 1)
    before = desired_count(fork, service)
    target = {name: limits(fork, service)[name] for name in ("ServiceNamespace", "ResourceId", "ScalableDimension")}
    with attempt("A policy of the check was refused."):
        policy = fork.client("application-autoscaling").put_scaling_policy(
            PolicyName="asked-by-the-check",
            **target,
            PolicyType="StepScaling",
            StepScalingPolicyConfiguration={
                "AdjustmentType": "ExactCapacity",
                "Cooldown": 0,
                "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": tasks}],
            },
        )
    cloudwatch = fork.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="asked-by-the-check", Namespace="Proof", MetricName="Asked", Statistic="Sum", Period=60,
        EvaluationPeriods=1, Threshold=0, ComparisonOperator="GreaterThanThreshold", TreatMissingData="ignore",
        AlarmActions=[policy["PolicyARN"]],
    )  # fmt: skip
    cloudwatch.set_alarm_state(AlarmName="asked-by-the-check", StateValue="ALARM", StateReason="asked by the check")
    fork.advance(MINUTE)
    told = limits(fork, service)
    line = f"MinCapacity {told['MinCapacity']}, MaxCapacity {told['MaxCapacity']}"
    return desired_count(fork, service), line, set_from_outside(before, told)


def set_from_outside(before, bounds):
    """What to say of a count that was beyond the limits before anything was asked; "" of one within."""
    if bounds["MinCapacity"] <= before <= bounds["MaxCapacity"]:
        return ""
    return (
        f"desiredCount was {before} before: somebody set it from outside, and a limit alone does not move it back. "
        "Do it yourself: ecs.update_service with desiredCount=2."
    )
