"""A task definition tried: one task of it run in a fork, the line it stopped with, and what would cure that.

Knows nothing about which definition a lab asks for: the check says that. What begins with `expect_` is a verdict that
several labs ask for: a Failure where it does not hold.
"""

from __future__ import annotations

from typing import Any

from dockyard.grading.checks import attempt, expect
from dockyard.grading.experiments import run_task, stop_reason
from dockyard.grading.finding import Record, images_in_ecr, subnets_with_a_way_out
from dockyard.grading.world import World

__all__ = [
    "cure",
    "expect_a_log",
    "expect_an_image_from_ecr",
    "expect_running",
    "expect_size",
    "label",
    "last_words",
    "probed",
    "pullable",
    "revisions",
    "tag_of",
    "tried",
]

#: What the labs' application asks of Fargate: 1 vCPU and 2 GB.
_SIZE = ("1024", "2048")

_CURES = (
    ("log group does not exist", "Create the log group that the container's logConfiguration names."),
    ("logger args", "Let the execution role write logs, and give it a log group that exists."),
    ("secretsmanager:", "Let the role that reads the secret do secretsmanager:GetSecretValue on it."),
    ("not authorized", "Attach AmazonECSTaskExecutionRolePolicy to the execution role."),
    ("403 Forbidden", "Let the role that pulls do ecr:BatchGetImage and ecr:GetDownloadUrlForLayer on the repository."),
    ("registry auth", "Attach AmazonECSTaskExecutionRolePolicy to the execution role."),
    ("exec format error", "Build the image for the processor that the task definition asks for, and push it again."),
    ("platform", "Build the image for the processor that the task definition asks for, and push it again."),
    ("CannotPull", "Compare the image's name with what ECR holds, tag for tag."),
)


def label(definition: Record) -> str:
    """`family:revision`."""
    return f"{definition['family']}:{definition['revision']}"


def tried(fork: World, definition: Record) -> Record:
    """One task of the definition, RUNNING or STOPPED, in a network known to be good; a Failure where ECS refuses it."""
    with attempt(f"A task of {label(definition)} could not be started.", next=_nobody(definition)):
        return run_task(fork, definition["taskDefinitionArn"], subnets_with_a_way_out(fork))


def _nobody(definition: Record) -> str:
    """What to do about a role that ECS may not take on."""
    roles = [str(definition.get(name, "arn:")) for name in ("executionRoleArn", "taskRoleArn")]
    if names := [one for one in roles if not one.startswith("arn:")]:
        return f"{names[0]} is a name: give the role's ARN, which begins with arn:aws:iam:: ."
    return "Is the role's ARN spelt as get_role answers it? And the role must trust ecs-tasks.amazonaws.com."


def expect_size(definition: Record) -> None:
    """It asks for 1 vCPU and 2 GB."""
    size = (definition.get("cpu", ""), definition.get("memory", ""))
    expect(
        size == _SIZE,
        f"{label(definition)} has cpu {size[0]} and memory {size[1]}.",
        cloud=f"cpu {size[0]}, memory {size[1]} ({definition['taskDefinitionArn']})",
        next='Register it again with cpu="1024" and memory="2048": 1 vCPU is 1024 units, 2 GB are 2048 MiB.',
    )


def expect_an_image_from_ecr(world: World, definition: Record) -> None:
    """One of its containers runs an image that ECR holds."""
    pushed = pullable(world)
    used = [one["image"] for one in definition["containerDefinitions"]]
    expect(
        any(image in pushed for image in used),
        f"{label(definition)} runs {', '.join(used)}; ECR holds no such image.",
        cloud=f"ECR holds: {', '.join(sorted(one for one in pushed if '@' not in one)) or 'nothing'}",
        next="Give the container the repository's URI with the tag you pushed.",
    )


def expect_running(definition: Record, task: Record, reason: str) -> None:
    """A task of it runs; `reason` is the line that it stopped with, where it did."""
    expect(
        task["lastStatus"] == "RUNNING",
        f"A task of {label(definition)} was started, and it stopped before it was RUNNING.",
        cloud=reason,
        next=_elsewhere(definition, reason) or cure(reason),
    )


def _elsewhere(definition: Record, reason: str) -> str:
    """What to do about a log that is sent to another region than the task's; "" where it is not."""
    logs = [(one.get("logConfiguration") or {}).get("options") or {} for one in definition["containerDefinitions"]]
    here = definition["taskDefinitionArn"].split(":")[3]
    region = next((one["awslogs-region"] for one in logs if one.get("awslogs-region", here) != here), "")
    if not region or "log group" not in reason:
        return ""
    return f"awslogs-region says {region}, and your log group is in {here}: say {here}."


def expect_a_log(fork: World, definition: Record) -> None:
    """What a task of it prints can be read in CloudWatch Logs; one is run in the fork."""
    tried(fork, definition)
    fork.advance(60)
    settings = [one.get("logConfiguration") or {} for one in definition["containerDefinitions"]]
    groups = [one["options"]["awslogs-group"] for one in settings if one.get("logDriver") == "awslogs"]
    expect(
        groups,
        f"{label(definition)} sends its log nowhere.",
        next='Add logConfiguration={"logDriver": "awslogs", "options": {…}} to the container.',
    )
    with attempt(f"The log group {groups[0]} could not be read."):
        streams = fork.client("logs").describe_log_streams(logGroupName=groups[0])["logStreams"]
    expect(streams, f"A task ran, and the log group {groups[0]} is still empty.", next="Check the group's name.")


def last_words(fork: World, task: Record) -> str:
    """The line about a task's end; where a container ended by itself, its exit code too and its log's last line."""
    ended = next((one for one in task.get("containers", []) if "exitCode" in one), None)
    if ended is None or task.get("stopCode") != "EssentialContainerExited":
        return stop_reason(task)
    told = fork.client("ecs").describe_task_definition(taskDefinition=task["taskDefinitionArn"])["taskDefinition"]
    (container,) = (one for one in told["containerDefinitions"] if one["name"] == ended["name"])
    line = _last_line(fork, container.get("logConfiguration") or {}, ended)
    return f"{stop_reason(task)}, exit code {ended['exitCode']}{f': {line}' if line else ''}"


def _last_line(fork: World, log: Record, container: Record) -> str:
    if log.get("logDriver") != "awslogs":
        return ""
    options, number = log["options"], container["taskArn"].rpartition("/")[2]
    stream = f"{options['awslogs-stream-prefix']}/{container['name']}/{number}"
    found = fork.client("logs").filter_log_events(logGroupName=options["awslogs-group"], logStreamNames=[stream])
    return next((str(one["message"]) for one in reversed(found["events"])), "")


def probed(fork: World, image: str, container: Record, **roles: str) -> Record:
    """One task of a small Fargate definition of the check's own: an image, more of its container, and whose roles."""
    registered: Any = fork.client("ecs").register_task_definition(
        family="probe",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[{"name": "probe", "image": image, **container}],
        **roles,
    )
    return tried(fork, registered["taskDefinition"])


def revisions(world: World, family: str) -> list[Record]:
    """The ACTIVE revisions of a family, the newest first."""
    ecs = world.client("ecs")
    pages = ecs.get_paginator("list_task_definitions").paginate(familyPrefix=family, sort="DESC")
    arns = [arn for page in pages for arn in page["taskDefinitionArns"]]
    return [ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"] for arn in arns]


def tag_of(world: World, definition: Record, key: str) -> str:
    """What the definition's tag of this name says, "" where it has none."""
    told = world.client("ecs").list_tags_for_resource(resourceArn=definition["taskDefinitionArn"])["tags"]
    return next((str(one.get("value", "")).strip() for one in told if one.get("key") == key), "")


def pullable(world: World, tag: str = "") -> set[str]:
    """Every name that an image in ECR can be pulled by; with a tag only those of images that bear it."""
    return {
        name
        for repository, image in images_in_ecr(world)
        if not tag or tag in image.get("imageTags", [])
        for name in _names(repository["repositoryUri"], image)
    }


def cure(reason: str) -> str:
    """What to do about the line that a task stopped with."""
    return next((told for part, told in _CURES if part in reason), "Read the reason: it names what was missing.")


def _names(uri: str, image: Record) -> list[str]:
    return [f"{uri}@{image['imageDigest']}", *(f"{uri}:{tag}" for tag in image.get("imageTags", []))]
