"""A service behind a load balancer, as checks find it, bring it to rest, roll it and read why it does not serve.

Knows nothing about which lab asks: how many tasks there must be, it is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dockyard.grading.checks import Failure, Values, attempt, expect
from dockyard.grading.experiments import definition_again, failed_requests, healthy_targets, targets, until
from dockyard.grading.finding import Record, latest_refusal, services
from dockyard.grading.world import World

__all__ = [
    "definition_of",
    "events_since",
    "health_line",
    "is_rolled_out",
    "latest_event",
    "met",
    "release",
    "release_definition",
    "release_tag",
    "roll",
    "service_behind_a_balancer",
    "steady",
    "tags_of",
    "tasks_of",
]

SETTLES_WITHIN = 15 * 60.0
#: Whoever asks within so many seconds of a happening would notice it; metrics are told by whole minutes.
NOTICES_WITHIN, MINUTE = 5 * 60.0, 60.0
CURES = (
    ("timed out", "The task's security group must let the balancer's security group in on the container's port."),
    ("Target.FailedHealthChecks", "Something must listen on the container's port at 0.0.0.0."),
    ("failed with these codes", "Point the health check at a path that answers 200: /health."),
    ("Target.NotInUse", "Give the balancer a listener that forwards to the target group, in the tasks' zones."),
    ("i/o timeout", "Give the task a way out: assignPublicIp ENABLED."),
    ("403 Forbidden", "Let the execution role do ecr:BatchGetImage and ecr:GetDownloadUrlForLayer on the repository."),
    ("CannotPull", "Compare the image's name with what ECR holds."),
    ("ResourceInitialization", "Give the task a way out (assignPublicIp ENABLED) and its execution role its rights."),
)


def service_behind_a_balancer(world: World, values: Values, tasks: int) -> Record:
    """The learner's service behind a load balancer; refuses one that asks for fewer tasks."""
    found = services(world, values["service"])
    refused = "" if found else latest_refusal(world, *_missing_calls(world))
    create = f"Create one: ecs.create_service(desiredCount={tasks}, launchType='FARGATE', …)."
    expect(
        found,
        "No service runs.",
        cloud=refused or "list_services answers none",
        next="Read what was refused, mend that in your call, and make the call again." if refused else create,
    )
    behind = [one for one in found if any("targetGroupArn" in each for each in one.get("loadBalancers", []))]
    expect(
        behind,
        f"The service {found[0]['serviceName']} stands behind no load balancer.",
        cloud="loadBalancers: []",
        next="Give it your target group: ecs.update_service(cluster=…, service=…, loadBalancers=[{…}]).",
    )
    service = behind[0]
    wanted = service["desiredCount"]
    expect(
        wanted >= tasks,
        f"The service {service['serviceName']} asks for {wanted} task{'' if wanted == 1 else 's'}: "
        f"{'when it dies, nothing answers' if wanted == 1 else 'nothing runs'}.",
        cloud=f"desiredCount {wanted}, runningCount {service['runningCount']}",
        next=f"Ask for {tasks}: ecs.update_service(cluster=…, service=…, desiredCount={tasks}).",
    )
    return service


def _missing_calls(world: World) -> list[tuple[str, str]]:
    """The calls whose refusal explains that there is no service: a balancer comes before all others."""
    if not world.client("elbv2").describe_load_balancers()["LoadBalancers"]:
        return [("elbv2", "CreateLoadBalancer")]
    return [("ecs", "CreateService"), ("elbv2", "CreateListener"), ("elbv2", "CreateTargetGroup")]


def steady(fork: World, service: Record, tasks: int) -> None:
    """Let a fork's service come to rest with so many healthy targets, or say what keeps it from that."""
    if until(fork, lambda: len(healthy_targets(fork, service)) >= tasks, SETTLES_WITHIN):
        return
    healthy = len(healthy_targets(fork, service))
    line = health_line(fork, service)
    raise Failure(
        f"After 15 minutes {healthy} of {tasks} targets of the service {service['serviceName']} were healthy.",
        cloud=line,
        next=_cure(line),
    )


def health_line(fork: World, service: Record) -> str:
    """The cloud's line about the targets: an unhealthy or unused one, else the service's latest event."""
    for one in targets(fork, service):
        health = one["TargetHealth"]
        if health["State"] in ("unhealthy", "unused"):
            return f"{health['State']}: {health.get('Reason', '')} {health.get('Description', '')}".strip()
    return latest_event(fork, service)


def latest_event(fork: World, service: Record) -> str:
    """The service's newest event that says why; the one about the trouble that lasts does not."""
    answer = fork.client("ecs").describe_services(cluster=service["clusterArn"], services=[service["serviceName"]])
    messages = [str(one["message"]) for one in answer["services"][0]["events"]]
    saying = [one for one in messages if "consistently" not in one]
    telling = [one for one in saying if "unable" in one or "unhealthy" in one or "failed" in one]
    return next(iter([*telling, *messages]), "the service has no events")


def events_since(fork: World, service: Record, moment: float) -> list[str]:
    """What the service said since a moment, latest first."""
    answer = fork.client("ecs").describe_services(cluster=service["clusterArn"], services=[service["serviceName"]])
    return [one["message"] for one in answer["services"][0]["events"] if one["createdAt"].timestamp() >= moment]


def is_rolled_out(fork: World, service: Record) -> bool:
    """Whether one deployment is left, and complete."""
    answer = fork.client("ecs").describe_services(cluster=service["clusterArn"], services=[service["serviceName"]])
    deployments = answer["services"][0]["deployments"]
    return len(deployments) == 1 and deployments[0]["rolloutState"] == "COMPLETED"


def tags_of(world: World, service: Record) -> dict[str, str]:
    """Key and value of each tag of the service."""
    found = world.client("ecs").list_tags_for_resource(resourceArn=service["serviceArn"])["tags"]
    return {one["key"]: one.get("value", "") for one in found}


def tasks_of(world: World, service: Record) -> list[str]:
    """The ARNs of the tasks that shall run."""
    answer = world.client("ecs").list_tasks(
        cluster=service["clusterArn"], serviceName=service["serviceName"], desiredStatus="RUNNING"
    )
    return sorted(answer["taskArns"])


def definition_of(world: World, service: Record) -> Record:
    """The task definition that the service runs at the moment."""
    ecs = world.client("ecs")
    (now,) = ecs.describe_services(cluster=service["clusterArn"], services=[service["serviceName"]])["services"]
    return dict(ecs.describe_task_definition(taskDefinition=now["taskDefinition"])["taskDefinition"])


def release(fork: World, service: Record, **changed: Any) -> None:
    """Roll out the service's task definition again, each of its containers with some members changed."""
    definition = definition_of(fork, service)
    roll(fork, service, definition, [{**one, **changed} for one in definition["containerDefinitions"]])


def release_tag(fork: World, service: Record, tag: str) -> None:
    """Roll out the same task definition with another tag of its images."""
    definition = definition_of(fork, service)
    containers = [
        {**one, "image": f"{one['image'].split('@')[0].rpartition(':')[0] or one['image']}:{tag}"}
        for one in definition["containerDefinitions"]
    ]
    roll(fork, service, definition, containers)


def roll(fork: World, service: Record, definition: Record, containers: list[Record]) -> None:
    """Register a definition again with other containers and let the service run it."""
    with attempt("The release could not be registered."):
        again = definition_again(definition, containerDefinitions=containers)
        registered = fork.client("ecs").register_task_definition(**again)
    release_definition(fork, service, registered["taskDefinition"]["taskDefinitionArn"])


def release_definition(fork: World, service: Record, definition: str) -> None:
    """Let the service run a registered definition, by its ARN."""
    of = {"cluster": service["clusterArn"], "service": service["serviceName"]}
    with attempt("The release could not be rolled out."):
        fork.client("ecs").update_service(**of, taskDefinition=definition)


def met(world: World, balancer: Record | None, moments: Sequence[float]) -> tuple[float, float]:
    """What customers met at a balancer in the minutes after one of these moments: requests carried, requests failed.

    Metrics come by the minute: failures are counted from the moment's own on, what was carried from the next on. Of
    several moments (latest first) it is one at which all was answered, else the latest. (0, 0): nobody asked.
    """
    if balancer is None:
        return 0.0, 0.0
    fork = world.fork("until the minute is told")
    fork.advance(MINUTE)
    found = []
    for one in moments:
        _, failed = failed_requests(fork, balancer, one - one % MINUTE, one + NOTICES_WITHIN)
        sent, _ = failed_requests(fork, balancer, one - one % -MINUTE, one + NOTICES_WITHIN)
        found.append((sent, failed))
    return next((one for one in found if one[0] and not one[1]), found[0] if found else (0.0, 0.0))


def _cure(line: str) -> str:
    """What to do about a target's line."""
    return next((told for part, told in CURES if part in line), "Read the service's events and describe_target_health.")
