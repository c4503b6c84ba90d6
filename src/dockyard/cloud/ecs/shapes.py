"""A service and its deployments as the API shows them.

Knows nothing about the rules behind the numbers.
"""

from __future__ import annotations

from typing import Any

from dockyard.cloud.ecs.state import Deployment, ServiceRecord, Task, TaskDefinition

COMING = ("PROVISIONING", "PENDING", "ACTIVATING")
SHOWN = (
    "launchType", "capacityProviderStrategy", "platformVersion", "deploymentConfiguration", "networkConfiguration",
    "healthCheckGracePeriodSeconds", "enableExecuteCommand", "propagateTags", "enableECSManagedTags", "tags",
)  # fmt: skip


def service_shape(service: ServiceRecord, tasks: list[Task], cluster_arn: str) -> dict[str, Any]:
    """The service, its counts, deployments and events."""
    return {
        **{name: service.request[name] for name in SHOWN if name in service.request},
        "serviceArn": service.arn,
        "serviceName": service.name,
        "clusterArn": cluster_arn,
        "status": service.status,
        "desiredCount": service.desired,
        "runningCount": sum(one.last_status == "RUNNING" for one in tasks),
        "pendingCount": sum(one.last_status in COMING for one in tasks),
        "taskDefinition": service.request["taskDefinition"],
        "loadBalancers": service.load_balancers,
        "serviceRegistries": [],
        "schedulingStrategy": "REPLICA",
        "deploymentController": {"type": "ECS"},
        "createdAt": service.created_at,
        "deployments": [deployment_shape(one, tasks, service) for one in service.deployments],
        "events": [{"id": one.id, "createdAt": one.at, "message": one.message} for one in service.events],
        "placementConstraints": [],
        "placementStrategy": [],
    }


def with_tags(shape: dict[str, Any], tags: list[dict[str, str]], request: dict[str, Any]) -> dict[str, Any]:
    """What a describe call shows: tags only where its `include` asks for them."""
    return {**shape, "tags": tags if "TAGS" in request.get("include", []) else []}


def tags_of_task(
    request: dict[str, Any], definition: TaskDefinition, cluster: str, service: str = ""
) -> list[dict[str, str]]:
    """The tags a new task gets: its own or its service's, the definition's where they propagate, ECS's own.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-using-tags.html
    """
    propagated, tags = request.get("propagateTags", "NONE"), dict[str, str]()
    if request.get("enableECSManagedTags"):
        tags |= {"aws:ecs:clusterName": cluster} | ({"aws:ecs:serviceName": service} if service else {})
    if propagated == "TASK_DEFINITION":
        tags |= {one["key"]: one.get("value", "") for one in definition.tags}
    if propagated == "SERVICE" or not service:
        tags |= {one["key"]: one.get("value", "") for one in request.get("tags", [])}
    return [{"key": key, "value": value} for key, value in tags.items()]


def deployment_shape(deployment: Deployment, tasks: list[Task], service: ServiceRecord) -> dict[str, Any]:
    """One deployment and the tasks it has."""
    mine = [one for one in tasks if one.deployment == deployment.id]
    return {
        **{name: value for name, value in deployment.settings.items() if name != "loadBalancers"},
        "id": deployment.id,
        "status": deployment.status,
        "taskDefinition": deployment.definition,
        "desiredCount": service.desired if deployment.status == "PRIMARY" else sum(one.alive for one in mine),
        "runningCount": sum(one.last_status == "RUNNING" for one in mine),
        "pendingCount": sum(one.last_status in COMING for one in mine),
        "failedTasks": deployment.failed_tasks,
        "createdAt": deployment.created_at,
        "updatedAt": deployment.updated_at,
        "rolloutState": deployment.rollout_state,
        "rolloutStateReason": deployment.rollout_reason,
    }
