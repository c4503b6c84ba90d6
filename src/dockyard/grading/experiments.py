"""What a check does in a fork: run a task, wait for something, kill a task, roll out, count failed requests.

Knows nothing about what should come out of it: the check says that.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from dockyard.grading.checks import attempt
from dockyard.grading.finding import Record, subnets_with_a_way_out
from dockyard.grading.world import World

__all__ = [
    "balancer_of",
    "definition_again",
    "desired_count",
    "failed_requests",
    "healthy_targets",
    "pulled",
    "run_task",
    "scaling_lines",
    "stop_reason",
    "targets",
    "until",
]

#: A task that is not RUNNING after so many simulated seconds will not be.
TASK_STARTS_WITHIN = 600.0
TRUSTS_TASKS = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
PULLS_AND_LOGS = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
FAILURES = ("HTTPCode_ELB_5XX_Count", "HTTPCode_Target_5XX_Count")


def until(fork: World, condition: Callable[[], object], at_most: float, every: float = 15.0) -> bool:
    """Let time pass in a fork until the condition holds, at most so many simulated seconds; whether it did."""
    end = fork.now() + at_most
    while not condition():
        if fork.now() >= end:
            return False
        fork.advance(every)
    return True


def run_task(fork: World, definition: str, subnets: list[str], groups: list[str] | None = None) -> Record:
    """Run one Fargate task with a public address in a new cluster and answer it once it is RUNNING or STOPPED."""
    ecs = fork.client("ecs")
    ecs.create_cluster(clusterName="proof")
    network = {"subnets": subnets, "assignPublicIp": "ENABLED", **({"securityGroups": groups} if groups else {})}
    started = ecs.run_task(
        cluster="proof",
        taskDefinition=definition,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": network},
    )
    arn = started["tasks"][0]["taskArn"]

    def task() -> Record:
        found: Record = ecs.describe_tasks(cluster="proof", tasks=[arn])["tasks"][0]
        return found

    until(fork, lambda: task()["lastStatus"] in ("RUNNING", "STOPPED"), TASK_STARTS_WITHIN)
    return task()


def pulled(fork: World, image: str) -> Record:
    """One task of an image in a fork, with a role and a network known to be good: RUNNING where it could be pulled."""
    iam = fork.client("iam")
    role = iam.create_role(RoleName="proof-pull", AssumeRolePolicyDocument=json.dumps(TRUSTS_TASKS))["Role"]["Arn"]
    iam.attach_role_policy(RoleName="proof-pull", PolicyArn=PULLS_AND_LOGS)
    fork.client("logs").create_log_group(logGroupName="proof-pull")
    log = {"awslogs-group": "proof-pull", "awslogs-region": fork.region, "awslogs-stream-prefix": "proof"}
    container = {"name": "api", "image": image, "logConfiguration": {"logDriver": "awslogs", "options": log}}
    with attempt("A task definition with your image was refused."):
        fork.client("ecs").register_task_definition(
            family="proof-pull",
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="1024",
            memory="2048",
            executionRoleArn=role,
            containerDefinitions=[container],
        )
    return run_task(fork, "proof-pull", subnets_with_a_way_out(fork))


def stop_reason(task: Record) -> str:
    """The cloud's line about a task that stopped: its own reason, or a container's."""
    reasons = [task.get("stoppedReason", ""), *(one.get("reason", "") for one in task.get("containers", []))]
    return next((str(one) for one in reasons if one), f"lastStatus {task.get('lastStatus', 'unknown')}")


def definition_again(definition: Record, **changed: Any) -> Record:
    """What RegisterTaskDefinition needs to make this definition again, with some members changed."""
    kept = (
        "family", "taskRoleArn", "executionRoleArn", "networkMode", "containerDefinitions", "volumes",
        "requiresCompatibilities", "cpu", "memory", "runtimePlatform", "ephemeralStorage",
    )  # fmt: skip
    return {**{name: definition[name] for name in kept if name in definition}, **changed}


def targets(world: World, service: Record) -> list[Record]:
    """The health of every target in the target groups of a service."""
    elbv2 = world.client("elbv2")
    groups = [one["targetGroupArn"] for one in service.get("loadBalancers", []) if "targetGroupArn" in one]
    return [
        one for arn in groups for one in elbv2.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"]
    ]


def healthy_targets(world: World, service: Record) -> list[str]:
    """The addresses of the healthy ones."""
    return [one["Target"]["Id"] for one in targets(world, service) if one["TargetHealth"]["State"] == "healthy"]


def balancer_of(world: World, service: Record) -> Record | None:
    """The load balancer in front of a service, or None when nothing forwards to its target groups."""
    elbv2 = world.client("elbv2")
    for one in service.get("loadBalancers", []):
        (group,) = elbv2.describe_target_groups(TargetGroupArns=[one["targetGroupArn"]])["TargetGroups"]
        if group["LoadBalancerArns"]:
            (found,) = elbv2.describe_load_balancers(LoadBalancerArns=group["LoadBalancerArns"][:1])["LoadBalancers"]
            return dict(found)
    return None


def failed_requests(fork: World, balancer: Record, since: float, until: float | None = None) -> tuple[float, float]:
    """Requests and failures (5xx) at a load balancer since a moment, up to another or to now: (all, failed).

    What is not sent to a target is in AWS's count of failures only.
    """
    dimension, end = balancer["LoadBalancerArn"].partition("loadbalancer/")[2], until or fork.now()
    sent, *failed = (_total(fork, one, dimension, since, end) for one in ("RequestCount", *FAILURES))
    return sent, sum(failed)


def _total(fork: World, metric: str, dimension: str, since: float, end: float) -> float:
    points = fork.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/ApplicationELB",
        MetricName=metric,
        Dimensions=[{"Name": "LoadBalancer", "Value": dimension}],
        StartTime=datetime.fromtimestamp(since, UTC),
        EndTime=datetime.fromtimestamp(end, UTC),
        Period=60,
        Statistics=["Sum"],
    )["Datapoints"]
    return float(sum(one["Sum"] for one in points))


def desired_count(world: World, service: Record) -> int:
    """What the service wants at the moment."""
    answer = world.client("ecs").describe_services(cluster=service["clusterArn"], services=[service["serviceName"]])
    return int(answer["services"][0]["desiredCount"])


def scaling_lines(fork: World) -> list[str]:
    """What scaling did and did not do: activities with their causes, latest first."""
    found = fork.client("application-autoscaling").describe_scaling_activities(ServiceNamespace="ecs")
    return [f"{one['Description']} Cause: {one['Cause']}" for one in found["ScalingActivities"]]
