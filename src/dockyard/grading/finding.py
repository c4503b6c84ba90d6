"""Finding what a learner built by describing it, whatever it was named.

Knows nothing about right and wrong: it answers records in AWS's shapes, the ones with the lab's names first.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dockyard.grading.world import World

__all__ = [
    "Record",
    "alarms",
    "fargate_definitions",
    "images_in_ecr",
    "latest_refusal",
    "scalable_targets",
    "services",
    "subnets_with_a_way_out",
]

Record = dict[str, Any]


def _pages(client: Any, operation: str, member: str, **request: Any) -> Iterator[Any]:
    for page in client.get_paginator(operation).paginate(**request):
        yield from page[member]


def images_in_ecr(world: World) -> list[tuple[Record, Record]]:
    """Every image of every repository: (repository, image detail)."""
    ecr = world.client("ecr")
    repositories = list(_pages(ecr, "describe_repositories", "repositories"))
    return [
        (repository, image)
        for repository in repositories
        for image in _pages(ecr, "describe_images", "imageDetails", repositoryName=repository["repositoryName"])
    ]


def fargate_definitions(world: World, preferred: str = "") -> list[Record]:
    """The newest ACTIVE revision of each family that Fargate can run, the preferred family first."""
    ecs = world.client("ecs")
    families = sorted(_pages(ecs, "list_task_definition_families", "families", status="ACTIVE"))
    found = [ecs.describe_task_definition(taskDefinition=family)["taskDefinition"] for family in families]
    return _first([one for one in found if "FARGATE" in one.get("compatibilities", [])], "family", preferred)


def latest_refusal(world: World, *calls: tuple[str, str]) -> str:
    """The latest refusal of the first of these calls (service, operation) that was refused since last granted."""
    return next((told for call in calls for told in world.refusals(*call, standing=True)), "")


def services(world: World, preferred: str = "") -> list[Record]:
    """Every ACTIVE service of every cluster, the preferred name first."""
    ecs = world.client("ecs")
    found = []
    for cluster in _pages(ecs, "list_clusters", "clusterArns"):
        for arn in _pages(ecs, "list_services", "serviceArns", cluster=cluster):
            found += ecs.describe_services(cluster=cluster, services=[arn])["services"]
    return _first([one for one in found if one["status"] == "ACTIVE"], "serviceName", preferred)


def scalable_targets(world: World) -> list[Record]:
    """The scalable targets of ECS services."""
    return list(
        _pages(
            world.client("application-autoscaling"),
            "describe_scalable_targets",
            "ScalableTargets",
            ServiceNamespace="ecs",
        )
    )


def alarms(world: World) -> list[Record]:
    """Every metric alarm."""
    return list(_pages(world.client("cloudwatch"), "describe_alarms", "MetricAlarms"))


def subnets_with_a_way_out(world: World) -> list[str]:
    """Two subnets of the default VPC, in two zones: what everybody has before building a network."""
    found = world.client("ec2").describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"]
    return [one["SubnetId"] for one in sorted(found, key=lambda one: str(one["AvailabilityZone"]))[:2]]


def _first(found: list[Record], member: str, preferred: str) -> list[Record]:
    return sorted(found, key=lambda one: (one[member] != preferred, one[member]))
