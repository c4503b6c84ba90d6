"""Application Auto Scaling: targets, steps, target tracking, cooldowns, activities and schedules of an ECS service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from landscape import Landscape

from dockyard.cloud.account import Account
from dockyard.cloud.autoscaling.schedules import next_run
from dockyard.cloud.autoscaling.service import ApplicationAutoScaling
from dockyard.cloud.autoscaling.steps import adjusted, adjustment
from dockyard.cloud.clock import parse_iso
from dockyard.cloud.cloudwatch.service import CloudWatch
from dockyard.cloud.service import Service, effect
from dockyard.cloud.simulation import Simulation
from dockyard.errors import AwsError

NOW = 1_800_000_000.0  # 2027-01-15 08:00:00 UTC, a Friday
WEB = {
    "ServiceNamespace": "ecs",
    "ResourceId": "service/lab/web",
    "ScalableDimension": "ecs:service:DesiredCount",
}
CPU = {"PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"}}
MEMORY = {"PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageMemoryUtilization"}}


@dataclass
class Counts:
    desired: int = 2
    running: int = 2
    deploying: bool = False
    gone: bool = False


class Ecs(Service):
    """Stands for ECS: one service, `lab/web`, whose tasks run thirty seconds after they are wanted."""

    name = "ecs"
    prefix = "ecs"
    state_type = Counts

    def desired_count(self, cluster: str, service: str) -> int | None:
        return self.records.desired if (cluster, service) == ("lab", "web") and not self.records.gone else None

    def running_count(self, cluster: str, service: str) -> int:  # noqa: ARG002
        count: int = self.records.running
        return count

    def deploying(self, cluster: str, service: str) -> bool:  # noqa: ARG002
        answer: bool = self.records.deploying
        return answer

    def scale(self, cluster: str, service: str, desired: int, why: str) -> None:  # noqa: ARG002
        self.records.desired = desired
        self.plan(30, "arrive", desired)

    @effect
    def arrive(self, desired: int) -> None:
        self.records.running = desired


class World(Simulation):
    kinds = {"ecs": Ecs, "cloudwatch": CloudWatch, "application-autoscaling": ApplicationAutoScaling}


@pytest.fixture
def world() -> World:
    return World(Account.born("123456789012", "seed", NOW), Landscape())


def call(world: World, operation: str, **request: Any) -> dict[str, Any]:
    return world.call("application-autoscaling", operation, "us-east-1", {**WEB, **request})


def refusal(world: World, operation: str, **request: Any) -> tuple[str, str]:
    with pytest.raises(AwsError) as caught:
        call(world, operation, **request)
    return caught.value.code, caught.value.message


def counts(world: World) -> Counts:
    records: Counts = world.service(Ecs, "us-east-1").records
    return records


def register(world: World, minimum: int = 1, maximum: int = 10, **more: Any) -> None:
    call(world, "RegisterScalableTarget", MinCapacity=minimum, MaxCapacity=maximum, **more)


def track(world: World, name: str = "cpu60", target: float = 60.0, **more: Any) -> dict[str, Any]:
    configuration = {"TargetValue": target, **CPU, **more}
    return call(
        world, "PutScalingPolicy", PolicyName=name, PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration=configuration,
    )  # fmt: skip


def step(world: World, name: str, *steps: tuple[float | None, float | None, int], **more: Any) -> str:
    """A step policy in tasks; steps are (lower bound, upper bound, adjustment)."""
    adjustments = [
        {
            **({} if lower is None else {"MetricIntervalLowerBound": lower}),
            **({} if upper is None else {"MetricIntervalUpperBound": upper}),
            "ScalingAdjustment": amount,
        }
        for lower, upper, amount in steps
    ]
    configuration = {"AdjustmentType": "ChangeInCapacity", "StepAdjustments": adjustments, **more}
    answer = call(
        world, "PutScalingPolicy", PolicyName=name, PolicyType="StepScaling",
        StepScalingPolicyConfiguration=configuration,
    )  # fmt: skip
    arn: str = answer["PolicyARN"]
    return arn


def watch(world: World, name: str, policy: str, comparison: str, threshold: float, periods: int = 1) -> None:
    request = {
        "AlarmName": name, "Namespace": "AWS/ECS", "MetricName": "CPUUtilization", "Statistic": "Average",
        "Dimensions": [{"Name": "ClusterName", "Value": "lab"}, {"Name": "ServiceName", "Value": "web"}],
        "Period": 60, "EvaluationPeriods": periods, "Threshold": threshold, "ComparisonOperator": comparison,
        "AlarmActions": [policy],
    }  # fmt: skip
    world.call("cloudwatch", "PutMetricAlarm", "us-east-1", request)


def minutes(world: World, *values: float, metric: str = "CPUUtilization", advance: float = 60) -> None:
    """Minutes in which the service used so many percent."""
    for value in values:
        dimensions = {"ClusterName": "lab", "ServiceName": "web"}
        world.service(CloudWatch, "us-east-1").put("AWS/ECS", metric, dimensions, value)
        world.advance(advance)


def activities(world: World, **more: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = call(world, "DescribeScalingActivities", **more)["ScalingActivities"]
    return found


def reasons(world: World) -> list[str]:
    """The codes of attempts that did not scale, oldest first."""
    found = activities(world, IncludeNotScaledActivities=True)
    return [reason["Code"] for one in reversed(found) for reason in one.get("NotScaledReasons", ())]


def test_registering_moves_the_count_into_the_bounds(world: World) -> None:
    register(world, 3, 5)
    assert counts(world).desired == 3
    [activity] = activities(world)
    assert (activity["Cause"], activity["StatusCode"]) == ("minimum capacity was set to 3", "InProgress")
    world.advance(60)
    [activity] = activities(world)
    assert (activity["StatusCode"], activity["EndTime"] - activity["StartTime"]) == ("Successful", 30.0)
    assert activity["StatusMessage"] == "Successfully set desired count to 3. Change successfully fulfilled by ecs."
    call(world, "RegisterScalableTarget", MinCapacity=1, MaxCapacity=2)
    assert counts(world).desired == 2
    call(world, "RegisterScalableTarget", MaxCapacity=8)
    [target] = call(world, "DescribeScalableTargets")["ScalableTargets"]
    assert (target["MinCapacity"], target["MaxCapacity"]) == (1, 8)


def test_what_aws_refuses_of_a_target(world: World) -> None:
    bounds = {"MinCapacity": 1, "MaxCapacity": 4}
    unsupported = ("ValidationException", "Unsupported service namespace, resource type or scalable dimension")
    assert refusal(world, "RegisterScalableTarget", **bounds, ResourceId="lab/web") == unsupported
    assert refusal(world, "RegisterScalableTarget", **bounds, ServiceNamespace="dynamodb") == unsupported
    assert refusal(world, "RegisterScalableTarget", **bounds, ResourceId="service/lab/none") == (
        "ValidationException",
        "ECS service doesn't exist: service/lab/none",
    )
    assert refusal(world, "RegisterScalableTarget", MinCapacity=5, MaxCapacity=4) == (
        "ValidationException",
        "Maximum capacity cannot be less than minimum capacity",
    )
    assert refusal(world, "RegisterScalableTarget", MinCapacity=5)[0] == "ValidationException"
    register(world, 1, 4)
    assert refusal(world, "RegisterScalableTarget", MinCapacity=5)[0] == "ValidationException"


def test_a_policy_needs_a_target_and_a_label_and_steps_without_gaps(world: World) -> None:
    with pytest.raises(AwsError) as caught:
        track(world)
    assert (caught.value.code, caught.value.message) == (
        "ObjectNotFoundException",
        "No scalable target registered for service namespace: ecs, resource ID: service/lab/web, "
        "scalable dimension: ecs:service:DesiredCount",
    )
    register(world)
    with pytest.raises(AwsError, match="Resource label should be specified for predefined metric type ALBRequest"):
        track(world, PredefinedMetricSpecification={"PredefinedMetricType": "ALBRequestCountPerTarget"})
    track(world)
    with pytest.raises(AwsError, match="Only one TargetTrackingScaling policy for a given metric"):
        track(world, "again", 50.0)
    with pytest.raises(AwsError, match="overlap or have a gap"):
        step(world, "gap", (0, 10, 1), (20, None, 2))
    with pytest.raises(AwsError, match="unspecified upper bound"):
        step(world, "open", (0, 10, 1))


@pytest.mark.parametrize(
    ("difference", "below", "expected"),
    [
        (0, False, 1), (9.99, False, 1), (10, False, 2), (300, False, 2), (-0.1, False, None),
        (0, True, -1), (-5, True, -1), (-10, True, -2), (-30, True, -2), (0.1, True, None),
    ],
)  # fmt: skip
def test_bounds_are_inclusive_towards_the_threshold(difference: float, below: bool, expected: int | None) -> None:
    out = [
        {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 10, "ScalingAdjustment": 1},
        {"MetricIntervalLowerBound": 10, "ScalingAdjustment": 2},
    ]
    into = [
        {"MetricIntervalUpperBound": -10, "ScalingAdjustment": -2},
        {"MetricIntervalLowerBound": -10, "MetricIntervalUpperBound": 0, "ScalingAdjustment": -1},
    ]
    assert adjustment(into if below else out, difference, below) == expected


@pytest.mark.parametrize(
    ("kind", "amount", "base", "least", "expected"),
    [
        ("ChangeInCapacity", 3, 4, 0, 7),
        ("ExactCapacity", 3, 4, 0, 3),
        ("PercentChangeInCapacity", 50, 4, 0, 6),
        ("PercentChangeInCapacity", 40, 4, 0, 5),  # 1.6 is truncated
        ("PercentChangeInCapacity", 10, 4, 0, 5),  # 0.4 becomes 1
        ("PercentChangeInCapacity", -10, 4, 0, 3),
        ("PercentChangeInCapacity", -60, 4, 0, 2),  # -2.4 is truncated
        ("PercentChangeInCapacity", 25, 4, 2, 6),
        ("PercentChangeInCapacity", -25, 4, 2, 2),
        ("ChangeInCapacity", -9, 4, 0, 0),
    ],
)
def test_what_an_adjustment_makes_of_a_capacity(kind: str, amount: int, base: int, least: int, expected: int) -> None:
    assert adjusted({"AdjustmentType": kind, "MinAdjustmentMagnitude": least}, amount, base) == expected


def test_a_larger_breach_during_the_cooldown_adds_only_the_difference(world: World) -> None:
    register(world)
    policy = step(world, "out", (0, 15, 1), (15, None, 3))
    watch(world, "hot", policy, "GreaterThanThreshold", 70)
    minutes(world, 80)
    assert counts(world).desired == 3  # one more
    minutes(world, 80, 80)
    assert counts(world).desired == 3  # the cooldown holds
    minutes(world, 90)
    assert counts(world).desired == 5  # three more than the two before the cooldown
    minutes(world, 80, 80, 80, 80, 80)
    assert counts(world).desired == 5
    minutes(world, 80)
    assert counts(world).desired == 6  # 300 s after the change was fulfilled
    latest = activities(world)[0]
    assert (latest["Description"], latest["Cause"]) == (
        "Setting desired count to 6.",
        "monitor alarm hot in state ALARM triggered policy out",
    )


def test_scaling_in_waits_for_its_cooldown_and_scaling_out_does_not(world: World) -> None:
    counts(world).desired = counts(world).running = 6
    register(world)
    watch(world, "cold", step(world, "in", (None, 0, -1)), "LessThanThreshold", 30)
    watch(world, "hot", step(world, "out", (0, None, 2)), "GreaterThanThreshold", 70)
    minutes(world, 10, 10, 10)
    assert counts(world).desired == 5
    minutes(world, 90)
    assert counts(world).desired == 7
    minutes(world, 10)
    assert counts(world).desired == 6  # scaling out ended the cooldown of scaling in
    minutes(world, *[10] * 6)
    assert counts(world).desired == 5


def test_at_the_bounds_nothing_happens_and_the_reason_is_on_record(world: World) -> None:
    register(world, 1, 3)
    watch(world, "hot", step(world, "out", (0, None, 5), Cooldown=0), "GreaterThanThreshold", 70)
    minutes(world, 90)
    assert counts(world).desired == 3
    minutes(world, 90, 90, 90)
    latest = activities(world, IncludeNotScaledActivities=True)[0]
    assert (latest["StatusCode"], latest["Description"]) == ("Failed", "Attempting to scale due to alarm triggered")
    assert latest["NotScaledReasons"] == [{"Code": "AlreadyAtMaxCapacity", "MaxCapacity": 3}]
    assert reasons(world) == ["AlreadyAtMaxCapacity"]  # said once
    assert len(activities(world)) == 1


def test_scaling_in_stops_at_the_minimum(world: World) -> None:
    counts(world).desired = counts(world).running = 6
    register(world, 4, 10)
    watch(world, "cold", step(world, "in", (None, 0, -5), Cooldown=0), "LessThanThreshold", 30)
    minutes(world, 10)
    assert counts(world).desired == 4
    minutes(world, 10, 10)
    assert (counts(world).desired, reasons(world)) == (4, ["AlreadyAtMinCapacity"])


def test_scaling_out_wins_over_scaling_in_at_the_same_moment(world: World) -> None:
    counts(world).desired = counts(world).running = 6
    register(world)
    watch(world, "idle", step(world, "in", (None, 0, -1)), "LessThanThreshold", 95)
    watch(world, "busy", step(world, "out", (0, None, 2)), "GreaterThanThreshold", 70)
    minutes(world, 90)
    assert counts(world).desired == 8  # and not two more than the five that were wanted first


def test_an_alarm_without_the_policy_as_its_action_scales_nothing(world: World) -> None:
    register(world)
    step(world, "out", (0, None, 1))
    watch(world, "hot", "arn:aws:sns:us-east-1:123456789012:pager", "GreaterThanThreshold", 70)
    minutes(world, 90, 90)
    assert (counts(world).desired, activities(world)) == (2, [])


def test_target_tracking_makes_its_two_alarms(world: World) -> None:
    register(world)
    answer = track(world)
    assert answer["PolicyARN"].endswith(":resource/ecs/service/lab/web:policyName/cpu60")
    made = world.call("cloudwatch", "DescribeAlarms", "us-east-1", {"AlarmNamePrefix": "TargetTracking-"})
    shown = [
        (one["AlarmName"][: -len("-00000000-0000-0000-0000-000000000000")], one["Threshold"], one["EvaluationPeriods"])
        for one in made["MetricAlarms"]
    ]
    assert shown == [
        ("TargetTracking-service/lab/web-AlarmHigh", 60.0, 3),
        ("TargetTracking-service/lab/web-AlarmLow", 54.0, 15),
    ]
    assert [one["AlarmActions"] for one in made["MetricAlarms"]] == [[answer["PolicyARN"]]] * 2
    assert {one["AlarmName"] for one in answer["Alarms"]} == {one["AlarmName"] for one in made["MetricAlarms"]}
    assert len(track(world, DisableScaleIn=True)["Alarms"]) == 1
    label = "app/lab/50dc6c495c0c9188/targetgroup/web/943f017f100becff"
    requests = {"PredefinedMetricType": "ALBRequestCountPerTarget", "ResourceLabel": label}
    track(world, "requests", 1000, PredefinedMetricSpecification=requests)
    found = world.call("cloudwatch", "DescribeAlarmsForMetric", "us-east-1", {
        "Namespace": "AWS/ApplicationELB", "MetricName": "RequestCountPerTarget", "Statistic": "Sum", "Dimensions": [
            {"Name": "LoadBalancer", "Value": "app/lab/50dc6c495c0c9188"},
            {"Name": "TargetGroup", "Value": "targetgroup/web/943f017f100becff"},
        ],
    })  # fmt: skip
    assert len(found["MetricAlarms"]) == 2
    call(world, "DeregisterScalableTarget")
    assert world.call("cloudwatch", "DescribeAlarms", "us-east-1", {})["MetricAlarms"] == []
    assert refusal(world, "DeregisterScalableTarget")[0] == "ObjectNotFoundException"


def test_target_tracking_scales_out_in_proportion_and_in_by_small_steps(world: World) -> None:
    register(world)
    track(world)
    minutes(world, 100, 100)
    assert counts(world).desired == 2
    minutes(world, 100)
    assert counts(world).desired == 4  # ceil(2 × 100 / 60)
    assert "AlarmHigh" in activities(world)[0]["Cause"]
    minutes(world, *[58] * 10)
    assert counts(world).desired == 4
    minutes(world, *[10] * 14)
    assert counts(world).desired == 4
    minutes(world, 10)
    assert counts(world).desired == 3
    minutes(world, *[10] * 5)
    assert counts(world).desired == 3
    minutes(world, 10)
    assert counts(world).desired == 2
    minutes(world, *[10] * 20)
    assert counts(world).desired == 1
    assert reasons(world)[-1] == "AlreadyAtMinCapacity"


def test_no_data_means_no_scaling(world: World) -> None:
    register(world, 1, 10)
    alarms = track(world)["Alarms"]
    world.advance(3600)
    for one in alarms:
        state = {"AlarmName": one["AlarmName"], "StateValue": "ALARM", "StateReason": "by hand"}
        world.call("cloudwatch", "SetAlarmState", "us-east-1", state)
    world.advance(60)
    assert (counts(world).desired, activities(world, IncludeNotScaledActivities=True)) == (2, [])


def test_target_tracking_does_not_scale_in_while_a_deployment_runs_but_out(world: World) -> None:
    register(world)
    track(world, ScaleInCooldown=0)
    counts(world).deploying = True
    minutes(world, *[10] * 16)
    assert (counts(world).desired, reasons(world)) == (2, ["TargetServicePutResourceAsUnscalable"])
    counts(world).deploying = False
    minutes(world, 10)
    assert counts(world).desired == 1
    counts(world).deploying = True
    minutes(world, 100, 100, 100)
    assert counts(world).desired == 2


def test_the_largest_capacity_wins_and_scaling_in_takes_all_policies(world: World) -> None:
    counts(world).desired = counts(world).running = 4
    register(world, 1, 20)
    track(world)
    track(world, "memory60", 60.0, **MEMORY)
    for _ in range(3):
        minutes(world, 90, metric="MemoryUtilization", advance=0)
        minutes(world, 75)
    assert counts(world).desired == 6  # memory wants 4 × 90 / 60, CPU 4 × 75 / 60 = 5, and not one after the other
    for _ in range(20):
        minutes(world, 57, metric="MemoryUtilization", advance=0)
        minutes(world, 10)
    assert counts(world).desired == 6  # memory does not want to scale in
    for _ in range(15):
        minutes(world, 10, metric="MemoryUtilization", advance=0)
        minutes(world, 10)
    assert counts(world).desired == 5


def test_suspended_scaling_stands_still(world: World) -> None:
    register(world, SuspendedState={"DynamicScalingOutSuspended": True})
    track(world)
    minutes(world, 100, 100, 100, 100)
    assert counts(world).desired == 2
    call(world, "RegisterScalableTarget", SuspendedState={"DynamicScalingOutSuspended": False})
    minutes(world, 100)
    assert counts(world).desired == 4


def test_a_change_that_ecs_does_not_fulfil_is_overridden_or_given_up(world: World) -> None:
    register(world)
    watch(world, "hot", step(world, "out", (0, None, 1), (None, 0, 0)), "GreaterThanThreshold", 70)
    minutes(world, 90)
    counts(world).desired = 8  # somebody else
    world.advance(10)
    assert activities(world)[0]["StatusCode"] == "Overridden"
    counts(world).gone = True
    minutes(world, 90)
    assert len(activities(world)) == 1  # a service that is gone: the target stays and does nothing
    assert len(call(world, "DescribeScalableTargets")["ScalableTargets"]) == 1


def test_why_the_count_changed_leads_back_to_the_datapoints(world: World) -> None:
    register(world)
    track(world)
    minutes(world, 100, 100, 100)
    causes = world.account.causes
    latest = max(number for number, one in causes.kept.items() if "goes from 2 to 4" in one.what)
    chain = [one.what for one in causes.chain(latest)]
    assert "triggered policy cpu60: the desired count of service/lab/web goes from 2 to 4" in chain[0]
    assert "AlarmHigh" in chain[1]
    assert "from INSUFFICIENT_DATA to ALARM" in chain[1]
    assert chain[2] == "Average of CPUUtilization (ClusterName=lab, ServiceName=web) was 100.0, 100.0, 100.0"


def test_policies_are_listed_page_by_page_and_deleted_with_their_alarms(world: World) -> None:
    register(world)
    policy = step(world, "a", (0, None, 1))
    watch(world, "hot", policy, "GreaterThanThreshold", 70)
    track(world, "b")
    first = call(world, "DescribeScalingPolicies", MaxResults=1)
    second = call(world, "DescribeScalingPolicies", MaxResults=1, NextToken=first["NextToken"])
    shown = first["ScalingPolicies"] + second["ScalingPolicies"]
    assert [(one["PolicyName"], len(one["Alarms"])) for one in shown] == [("a", 1), ("b", 2)]
    assert "NextToken" not in second
    call(world, "DeleteScalingPolicy", PolicyName="a")
    call(world, "DeleteScalingPolicy", PolicyName="b")
    left = world.call("cloudwatch", "DescribeAlarms", "us-east-1", {})["MetricAlarms"]
    assert [one["AlarmName"] for one in left] == ["hot"]  # the learner's own
    minutes(world, 90, 90)
    assert counts(world).desired == 2
    assert refusal(world, "DeleteScalingPolicy", PolicyName="a")[0] == "ObjectNotFoundException"


def test_scheduled_actions_move_the_bounds_in_time(world: World) -> None:
    register(world)
    call(
        world, "PutScheduledAction", ScheduledActionName="morning", Schedule="at(2027-01-15T08:10:00)",
        ScalableTargetAction={"MinCapacity": 5},
    )  # fmt: skip
    world.advance(599)
    assert counts(world).desired == 2
    world.advance(1)
    assert counts(world).desired == 5
    assert [one["Cause"] for one in activities(world)] == [
        "minimum capacity was set to 5",
        "scheduled action morning was triggered",
    ]
    call(
        world, "PutScheduledAction", ScheduledActionName="night", Schedule="cron(0 20 ? * MON-FRI *)",
        ScalableTargetAction={"MinCapacity": 1, "MaxCapacity": 1},
    )  # fmt: skip
    world.advance(12 * 3600)
    assert counts(world).desired == 1
    call(world, "DeleteScheduledAction", ScheduledActionName="night")
    assert [one["ScheduledActionName"] for one in call(world, "DescribeScheduledActions")["ScheduledActions"]] == [
        "morning"
    ]
    code, message = refusal(
        world, "PutScheduledAction", ScheduledActionName="odd", Schedule="cron(0 20 L * ? *)",
        ScalableTargetAction={"MinCapacity": 1},
    )  # fmt: skip
    assert (code, "Invalid schedule expression" in message) == ("ValidationException", True)


def test_a_scheduled_action_that_was_put_again_keeps_only_its_new_time(world: World) -> None:
    register(world)
    for moment, minimum in (("08:10:00", 3), ("08:20:00", 5)):
        call(
            world, "PutScheduledAction", ScheduledActionName="morning", Schedule=f"at(2027-01-15T{moment})",
            ScalableTargetAction={"MinCapacity": minimum},
        )  # fmt: skip
    world.advance(15 * 60)
    assert counts(world).desired == 2
    world.advance(5 * 60)
    assert counts(world).desired == 5


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("cron(15 10 * * ? *)", "2027-01-15T10:15:00Z"),
        ("cron(0/20 8 * * ? *)", "2027-01-15T08:20:00Z"),
        ("cron(0 8 ? * MON-THU *)", "2027-01-18T08:00:00Z"),
        ("cron(0 8 1,20 * ? *)", "2027-01-20T08:00:00Z"),
        ("cron(0 0 29 2 ? *)", "2028-02-29T00:00:00Z"),
        ("rate(5 minutes)", "2027-01-15T08:05:00Z"),
        ("at(2027-01-15T08:00:00)", None),
    ],
)
def test_when_a_schedule_is_due_next(schedule: str, expected: str | None) -> None:
    assert next_run(schedule, NOW) == (None if expected is None else parse_iso(expected))
