"""Clusters: made, listed, described, deleted. And the tags of everything in ECS.

Knows nothing about what runs in a cluster beyond counting it.
"""

from __future__ import annotations

import re
from typing import Any

from dockyard.cloud import pages
from dockyard.cloud.ecs.base import invalid, last_part
from dockyard.cloud.ecs.capacity import check_known, check_strategy
from dockyard.cloud.ecs.settings import DEFAULTS, Settings
from dockyard.cloud.ecs.shapes import with_tags
from dockyard.cloud.ecs.state import Cluster, Task, TaskDefinition
from dockyard.cloud.service import Request, Response, operation
from dockyard.errors import AwsError

STALE = invalid("Invalid token. Ask for the first page again, without nextToken.")
NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")


class Clusters(Settings):
    """The operations on clusters."""

    @operation("CreateCluster")
    def create_cluster(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html"""
        name = request.get("clusterName", "default")
        if not NAME.fullmatch(name):
            raise invalid(
                "Identifier was not a valid cluster name: letters, numbers, hyphens and underscores, up to 255."
            )
        found = self.ecs.clusters.get(name)
        if found is None or found.status == "INACTIVE":
            found = Cluster(name, self.arn(f"cluster/{name}"))
            insights = self.ecs.settings.get("containerInsights", DEFAULTS["containerInsights"])
            found.settings = request.get("settings", [{"name": "containerInsights", "value": insights}])
            found.tags = request.get("tags", [])
            self._provide(found, request)
            self.ecs.clusters[name] = found
        return {"cluster": self.cluster_shape(found)}

    @operation("UpdateCluster")
    def update_cluster(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateCluster.html"""
        cluster = self.cluster(request["cluster"])
        cluster.settings = request.get("settings", cluster.settings)
        return {"cluster": self.cluster_shape(cluster)}

    @operation("UpdateClusterSettings")
    def update_cluster_settings(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateClusterSettings.html"""
        return self.update_cluster(request)

    @operation("DescribeClusters")
    def describe_clusters(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeClusters.html"""
        found, failures = [], []
        for reference in request.get("clusters") or ["default"]:
            cluster = self.ecs.clusters.get(last_part(reference))
            if cluster is None:
                failures.append({"arn": self.arn(f"cluster/{last_part(reference)}"), "reason": "MISSING"})
            else:
                found.append(with_tags(self.cluster_shape(cluster), cluster.tags, request))
        return {"clusters": found, "failures": failures}

    @operation("ListClusters")
    def list_clusters(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListClusters.html"""
        arns = [one.arn for one in self.ecs.clusters.values() if one.status == "ACTIVE"]
        return page(request, "clusterArns", arns)

    @operation("DeleteCluster")
    def delete_cluster(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteCluster.html"""
        cluster = self.cluster(request["cluster"])
        if any(one.cluster == cluster.name and one.status == "ACTIVE" for one in self.ecs.services.values()):
            raise AwsError(
                "ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active."
            )
        if any(one.cluster == cluster.name and one.last_status != "STOPPED" for one in self.ecs.tasks.values()):
            raise AwsError("ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.")
        cluster.status = "INACTIVE"
        return {"cluster": self.cluster_shape(cluster)}

    @operation("PutClusterCapacityProviders")
    def put_cluster_capacity_providers(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutClusterCapacityProviders.html"""
        cluster = self.cluster(request["cluster"])
        self._provide(cluster, request)
        return {"cluster": self.cluster_shape(cluster)}

    @staticmethod
    def _provide(cluster: Cluster, request: Request) -> None:
        """Give a cluster its capacity providers and default strategy. A refusal (AwsError) changes nothing."""
        providers, strategy = request.get("capacityProviders", []), request.get("defaultCapacityProviderStrategy", [])
        check_known(providers)
        check_strategy(strategy, providers)
        cluster.providers, cluster.strategy = providers, strategy

    @operation("ListTagsForResource")
    def list_tags_for_resource(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListTagsForResource.html"""
        return {"tags": self._tags(request["resourceArn"])}

    @operation("TagResource")
    def tag_resource(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TagResource.html"""
        tags = self._tags(request["resourceArn"])
        given = {one["key"] for one in request["tags"]}
        tags[:] = [one for one in tags if one["key"] not in given] + request["tags"]
        return {}

    @operation("UntagResource")
    def untag_resource(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UntagResource.html"""
        tags = self._tags(request["resourceArn"])
        tags[:] = [one for one in tags if one["key"] not in request["tagKeys"]]
        return {}

    def cluster_shape(self, cluster: Cluster) -> dict[str, Any]:
        """The cluster as the API shows it, with what runs in it counted."""
        tasks = [one for one in self.ecs.tasks.values() if one.cluster == cluster.name]
        services = [one for one in self.ecs.services.values() if one.cluster == cluster.name and one.status == "ACTIVE"]
        return {
            "clusterArn": cluster.arn,
            "clusterName": cluster.name,
            "status": cluster.status,
            "registeredContainerInstancesCount": 0,
            "runningTasksCount": sum(one.last_status == "RUNNING" for one in tasks),
            "pendingTasksCount": sum(one.last_status in ("PROVISIONING", "PENDING", "ACTIVATING") for one in tasks),
            "activeServicesCount": len(services),
            "statistics": [],
            "tags": cluster.tags,
            "settings": cluster.settings,
            "capacityProviders": cluster.providers,
            "defaultCapacityProviderStrategy": cluster.strategy,
        }

    def _tags(self, arn: str) -> list[dict[str, str]]:
        records = self.ecs
        holders: tuple[Cluster | TaskDefinition | Task, ...] = (
            *records.clusters.values(),
            *records.definitions.values(),
            *records.tasks.values(),
        )
        for one in holders:
            if one.arn == arn:
                return one.tags
        for service in records.services.values():
            if service.arn == arn:
                tags: list[dict[str, str]] = service.request.setdefault("tags", [])
                return tags
        raise invalid(
            f"The specified resource {arn} does not exist. List ARNs with ListClusters, ListServices or ListTasks."
        )


def page(request: Request, member: str, items: list[str], size: int = 100) -> Response:
    """One page of a list call: `size` items unless told."""
    found, token = pages.page(items, request.get("nextToken"), request.get("maxResults") or size, STALE)
    return pages.with_token({member: found}, "nextToken", token)
