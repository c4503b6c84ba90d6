"""What a task's container is told about itself and its task: ECS's task metadata, version 4, as on Fargate.

Knows nothing about who asks. It reads a task as DescribeTasks shows it, and its definition.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate-response.html
"""

from __future__ import annotations

import hashlib
from typing import Any

from dockyard.cloud.clock import iso
from dockyard.cloud.ecs.state import TaskDefinition


def of_task(task: dict[str, Any], definition: TaskDefinition) -> dict[str, Any]:
    """The answer to `/task`."""
    moments = {"PullStartedAt": "pullStartedAt", "PullStoppedAt": "pullStoppedAt"}
    return {
        "Cluster": task["clusterArn"],
        "TaskARN": task["taskArn"],
        "Family": definition.family,
        "Revision": str(definition.revision),
        "DesiredStatus": task["desiredStatus"],
        "KnownStatus": task["lastStatus"],
        "Limits": {"CPU": definition.vcpus, "Memory": definition.memory},
        **{name: iso(task[member]) for name, member in moments.items() if member in task},
        "AvailabilityZone": task["availabilityZone"],
        "LaunchType": task["launchType"],
        "Containers": [of_container(task, definition, one["name"]) for one in definition.containers],
    }


def of_container(task: dict[str, Any], definition: TaskDefinition, name: str) -> dict[str, Any]:
    """The answer to the bare address, for a container of this name."""
    said = next(one for one in definition.containers if one["name"] == name)
    shown = next(one for one in task["containers"] if one["name"] == name)
    logs = said.get("logConfiguration")
    addresses = [one["privateIpv4Address"] for one in shown["networkInterfaces"]]
    return {
        "DockerId": f"{task['taskArn'].rpartition('/')[2]}-{_number(name)}",
        "Name": name,
        "DockerName": name,
        "Image": said["image"],
        "ImageID": shown.get("imageDigest", ""),
        "Labels": {
            "com.amazonaws.ecs.cluster": task["clusterArn"],
            "com.amazonaws.ecs.container-name": name,
            "com.amazonaws.ecs.task-arn": task["taskArn"],
            "com.amazonaws.ecs.task-definition-family": definition.family,
            "com.amazonaws.ecs.task-definition-version": str(definition.revision),
        },
        "DesiredStatus": task["desiredStatus"],
        "KnownStatus": shown["lastStatus"],
        "Limits": {"CPU": said.get("cpu", 0), **({"Memory": said["memory"]} if "memory" in said else {})},
        "CreatedAt": iso(task["createdAt"]),
        "Type": "NORMAL",
        **({"LogDriver": logs["logDriver"], "LogOptions": logs.get("options", {})} if logs else {}),
        "ContainerARN": shown["containerArn"],
        "Networks": [{"NetworkMode": "awsvpc", "IPv4Addresses": addresses}],
    }


def _number(name: str) -> int:
    """Ten digits, as Fargate numbers a task's containers."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % 10**10
