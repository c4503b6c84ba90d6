"""Task definitions: registered (and refused as AWS refuses them), described, listed, deregistered.

Knows nothing about running them. Rules: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
"""

from __future__ import annotations

import re
from typing import Any

from dockyard.cloud.ecs import fargate
from dockyard.cloud.ecs.base import invalid, last_part, refused
from dockyard.cloud.ecs.clusters import Clusters, page
from dockyard.cloud.ecs.state import TaskDefinition
from dockyard.cloud.service import Request, Response, operation
from dockyard.errors import AwsError

FAMILY = re.compile(r"[A-Za-z0-9_-]{1,255}")
LAST_PORT = 65535
#: document members that are kept and shown as they were given
KEPT = (
    "taskRoleArn", "executionRoleArn", "networkMode", "containerDefinitions", "volumes", "placementConstraints",
    "requiresCompatibilities", "cpu", "memory", "pidMode", "ipcMode", "proxyConfiguration", "ephemeralStorage",
    "runtimePlatform",
)  # fmt: skip


class TaskDefinitions(Clusters):
    """The operations on task definitions."""

    @operation("RegisterTaskDefinition")
    def register_task_definition(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html"""
        document = normal(request)
        check(document, request["family"])
        family = request["family"]
        revision = self.ecs.revisions[family] = self.ecs.revisions.get(family, 0) + 1
        arn = self.arn(f"task-definition/{family}:{revision}")
        found = TaskDefinition(arn, family, revision, document, self.now, tags=request.get("tags", []))
        self.ecs.definitions[arn] = found
        return {"taskDefinition": shape(found), "tags": found.tags}

    @operation("DescribeTaskDefinition")
    def describe_task_definition(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTaskDefinition.html"""
        found = self.described(request["taskDefinition"])
        tags = {"tags": found.tags} if "TAGS" in request.get("include", []) else {}
        return {"taskDefinition": shape(found), **tags}

    @operation("DeregisterTaskDefinition")
    def deregister_task_definition(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeregisterTaskDefinition.html"""
        if ":" not in last_part(request["taskDefinition"]):
            raise invalid("Revision is missing. Name it as family:revision.")
        found = self.described(request["taskDefinition"])
        if found.status == "ACTIVE":
            found.status, found.deregistered_at = "INACTIVE", self.now
        return {"taskDefinition": shape(found)}

    @operation("DeleteTaskDefinitions")
    def delete_task_definitions(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteTaskDefinitions.html"""
        deleted, failures = [], []
        for reference in request["taskDefinitions"]:
            arn = self.arn(f"task-definition/{last_part(reference)}")
            found = self.ecs.definitions.get(arn)
            if found is None or found.status == "ACTIVE":
                why = "must be in INACTIVE status before deleting." if found else "was not found."
                failures.append({"arn": arn, "reason": f"The specified task definition {why}"})
            else:
                found.status = "DELETE_IN_PROGRESS"
                deleted.append(shape(found))
        return {"taskDefinitions": deleted, "failures": failures}

    def described(self, reference: str) -> TaskDefinition:
        """The revision that a reference means, refused in the words of the operations that only show it."""
        try:
            return self.definition(reference)
        except AwsError:
            raise refused("Unable to describe task definition.") from None

    @operation("ListTaskDefinitions")
    def list_task_definitions(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTaskDefinitions.html"""
        prefix, status = request.get("familyPrefix", ""), request.get("status", "ACTIVE")
        found = [
            one
            for one in self.ecs.definitions.values()
            if one.status == status and (not prefix or one.family == prefix)
        ]
        found.sort(key=lambda one: (one.family, one.revision), reverse=request.get("sort") == "DESC")
        return page(request, "taskDefinitionArns", [one.arn for one in found])

    @operation("ListTaskDefinitionFamilies")
    def list_task_definition_families(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTaskDefinitionFamilies.html"""
        prefix, status = request.get("familyPrefix", ""), request.get("status", "ALL")
        active = {one.family for one in self.ecs.definitions.values() if one.status == "ACTIVE"}
        wanted = {"ALL": set(self.ecs.revisions), "ACTIVE": active, "INACTIVE": set(self.ecs.revisions) - active}
        return page(request, "families", sorted(one for one in wanted[status] if one.startswith(prefix)))


def normal(request: Request) -> dict[str, Any]:
    """The request's document with `1 vCPU` and `2 GB` as units and MiB, and AWS's defaults filled in."""
    document = {name: request[name] for name in KEPT if name in request}
    for name, unit, factor in (("cpu", "vcpu", 1024), ("memory", "gb", 1024)):
        if name in document:
            document[name] = _size(name, str(document[name]), unit, factor)
    document.setdefault("networkMode", "bridge")
    document["containerDefinitions"] = [_container(dict(one), document) for one in document["containerDefinitions"]]
    document.setdefault("volumes", [])
    document.setdefault("placementConstraints", [])
    return document


def _size(name: str, text: str, unit: str, factor: int) -> str:
    number = text.lower().replace(unit, "").strip()
    try:
        return str(int(float(number) * factor)) if unit in text.lower() else str(int(number))
    except ValueError:
        raise refused(
            f"Invalid '{name}' setting for task. '{text}' is neither a number nor a number of {unit}."
        ) from None


def _container(container: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    container.setdefault("essential", True)
    container.setdefault("cpu", 0)
    for name in ("environment", "mountPoints", "volumesFrom", "systemControls"):
        container.setdefault(name, [])
    container["portMappings"] = [_port(dict(one), document) for one in container.get("portMappings", [])]
    return container


def _port(mapping: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    mapping.setdefault("protocol", "tcp")
    if document["networkMode"] == "awsvpc":
        mapping.setdefault("hostPort", mapping.get("containerPort"))
    return mapping


def check(document: dict[str, Any], family: str) -> None:
    """Refuse (ClientException) what AWS refuses at registration."""
    containers = document["containerDefinitions"]
    if not FAMILY.fullmatch(family):
        raise refused("Family contains invalid characters. Use up to 255 letters, numbers, hyphens and underscores.")
    if not containers:
        raise refused("Container list cannot be empty.")
    names = [one.get("name", "") for one in containers]
    if len(set(names)) != len(names):
        raise refused("Container names must be unique within a task definition.")
    for container in containers:
        _check_container(container, document)
    if not any(one["essential"] for one in containers):
        raise refused("Task definition doesn't have any essential container")
    _check_dependencies({one["name"]: one for one in containers})
    if "FARGATE" in document.get("requiresCompatibilities", []):
        fargate.check(document)
    _check_memory(document)
    _check_sums(document)


def _check_container(container: dict[str, Any], document: dict[str, Any]) -> None:
    if not container.get("name"):
        raise refused("Container.name should not be null or empty.")
    if not container.get("image"):
        raise refused("Container.image should not be null or empty.")
    for mapping in container["portMappings"]:
        _check_ports(container["name"], mapping)
    if document["networkMode"] == "awsvpc":
        for mapping in container["portMappings"]:
            if mapping.get("hostPort") not in (None, 0, mapping.get("containerPort")):
                raise refused(
                    "When networkMode=awsvpc, the host ports and container ports in port mappings must match."
                )


def _check_ports(name: str, mapping: dict[str, Any]) -> None:
    """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html

    AWS says no more than which setting it is, also of one that is not there; the range is our help.
    """
    if "containerPortRange" not in mapping and not 1 <= mapping.get("containerPort", 0) <= LAST_PORT:
        raise refused(f"Invalid 'containerPort' setting for container '{name}'. A port is 1 to {LAST_PORT}.")
    if not 0 <= (mapping.get("hostPort") or 0) <= LAST_PORT:
        raise refused(f"Invalid 'hostPort' setting for container '{name}'. A port is 0 to {LAST_PORT}.")


def _check_memory(document: dict[str, Any]) -> None:
    for one in document["containerDefinitions"]:
        if not document.get("memory") and not one.get("memory") and not one.get("memoryReservation"):
            raise refused(
                f"Invalid setting for container '{one['name']}'. "
                "At least one of 'memory' or 'memoryReservation' must be specified."
            )


def _check_dependencies(containers: dict[str, dict[str, Any]]) -> None:
    for name, container in containers.items():
        for link in container.get("dependsOn", []):
            other = containers.get(link["containerName"])
            if other is None:
                raise refused(
                    f"Container '{name}' depends on '{link['containerName']}', which is not in the definition."
                )
            if link["condition"] == "HEALTHY" and not other.get("healthCheck"):
                raise refused(
                    f"Container '{name}' waits for '{other['name']}' to be HEALTHY, which has no healthCheck."
                )
            if link["condition"] in ("COMPLETE", "SUCCESS") and other["essential"]:
                raise refused(f"Container '{name}' waits for the essential container '{other['name']}' to end.")
    for name in containers:
        if _leads_to(name, name, containers, set()):
            raise refused(f"The dependencies of container '{name}' form a cycle.")


def _leads_to(start: str, goal: str, containers: dict[str, dict[str, Any]], seen: set[str]) -> bool:
    for link in containers[start].get("dependsOn", []):
        name = link["containerName"]
        if name == goal:
            return True
        if name not in seen and _leads_to(name, goal, containers, seen | {name}):
            return True
    return False


def _check_sums(document: dict[str, Any]) -> None:
    memory, cpu = int(document.get("memory") or 0), int(document.get("cpu") or 0)
    for one in document["containerDefinitions"]:
        if memory and one.get("memory", 0) > memory:
            raise refused(f"The 'memory' setting for container '{one['name']}' is greater than for the task.")
    if cpu and sum(one["cpu"] for one in document["containerDefinitions"]) > cpu:
        raise refused("The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.")


def shape(definition: TaskDefinition) -> dict[str, Any]:
    """The revision as the API shows it."""
    document = definition.document
    compatible = ["EC2", "FARGATE"] if fargate.suits(document) else ["EC2"]
    gone = {"deregisteredAt": definition.deregistered_at} if definition.deregistered_at else {}
    return {
        **document,
        **gone,
        "taskDefinitionArn": definition.arn,
        "family": definition.family,
        "revision": definition.revision,
        "status": definition.status,
        "compatibilities": compatible,
        "requiresAttributes": [],
        "registeredAt": definition.registered_at,
    }
