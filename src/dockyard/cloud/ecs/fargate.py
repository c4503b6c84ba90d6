"""What Fargate accepts in a task definition: sizes, network mode, execution role, log options.

Knows nothing about records: it judges a document.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
"""

from __future__ import annotations

from typing import Any

from dockyard.cloud.ecs.base import refused
from dockyard.errors import AwsError

#: cpu units → (least MiB, most MiB, step)
SIZES: dict[int, tuple[int, int, int]] = {
    256: (512, 2048, 512),
    512: (1024, 4096, 1024),
    1024: (2048, 8192, 1024),
    2048: (4096, 16384, 1024),
    4096: (8192, 30720, 1024),
    8192: (16384, 61440, 4096),
    16384: (32768, 122880, 8192),
}


def sizes_of(cpu: int) -> list[int]:
    """The memory sizes (MiB) that go with so many CPU units."""
    if cpu == 256:  # the one row that doubles instead of stepping
        return [512, 1024, 2048]
    least, most, step = SIZES[cpu]
    return list(range(least, most + 1, step))


def check(document: dict[str, Any]) -> None:
    """Refuse (ClientException) what Fargate does not run."""
    if document.get("networkMode") != "awsvpc":
        raise refused("Fargate only supports network mode ‘awsvpc’.")
    _check_size(document)
    for container in document["containerDefinitions"]:
        _check_container(container)
    _check_role(document)
    if document.get("placementConstraints"):
        raise refused("Fargate does not support placement constraints.")
    for volume in document.get("volumes", []):
        if (volume.get("host") or {}).get("sourcePath"):
            raise refused("host.sourcePath should not be set for volumes in Fargate.")


def suits(document: dict[str, Any]) -> bool:
    """Whether Fargate runs a definition, asked to or not: `compatibilities` says so, and RunTask goes by it."""
    try:
        check(document)
    except AwsError:
        return False
    return True


def _check_size(document: dict[str, Any]) -> None:
    for name in ("cpu", "memory"):
        if not document.get(name):
            raise refused(f"Fargate requires that '{name}' be defined at the task level.")
    cpu, memory = int(document["cpu"]), int(document["memory"])
    if cpu not in SIZES or memory not in sizes_of(cpu):
        raise refused(
            f"No Fargate configuration exists for given values: {cpu} CPU, {memory} memory. "
            "See the Amazon ECS documentation for the valid values."
        )


def _check_container(container: dict[str, Any]) -> None:
    name = container.get("name", "")
    if container.get("links"):
        raise refused("Links are not supported when networkMode=awsvpc.")
    if container.get("privileged"):
        raise refused("Fargate does not support privileged containers.")
    if any(one.get("type") == "GPU" for one in container.get("resourceRequirements", [])):
        raise refused("Tasks using the Fargate launch type do not support GPU resource requirements")
    log = container.get("logConfiguration") or {}
    if log.get("logDriver") == "awslogs":
        for option in ("awslogs-group", "awslogs-region", "awslogs-stream-prefix"):
            if option not in (log.get("options") or {}):
                raise refused(
                    f"Fargate requires log configuration options to include {option} "
                    f"to support log driver awslogs. (container '{name}')"
                )


def _check_role(document: dict[str, Any]) -> None:
    if document.get("executionRoleArn"):
        return
    containers = document["containerDefinitions"]
    if any(is_ecr(one.get("image", "")) for one in containers):
        raise refused("Fargate requires task definition to have execution role ARN to support ECR images.")
    if any((one.get("logConfiguration") or {}).get("logDriver") == "awslogs" for one in containers):
        raise refused("Fargate requires task definition to have execution role ARN to support log driver awslogs.")
    if any(one.get("secrets") for one in containers):
        raise refused("Fargate requires task definition to have execution role ARN to support SSM or Secrets Manager.")


def is_ecr(image: str) -> bool:
    """Whether an image lives in an account's registry: AWS's host name, or ours (`127.0.0.1:4566/ACCOUNT/NAME`)."""
    host, _, path = image.partition("/")
    account = path.partition("/")[0]
    return ".dkr.ecr." in host or (":" in host and account.isdigit() and len(account) == 12)
