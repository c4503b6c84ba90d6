"""What every part of ECS starts from: its name, its records, and how a cluster, a definition or a service is found.

Knows nothing about what the parts do.
"""

from __future__ import annotations

from dockyard.cloud.ecs.state import Cluster, Deployment, EcsState, ServiceRecord, Task, TaskDefinition
from dockyard.cloud.network import Network
from dockyard.cloud.service import Service
from dockyard.errors import AwsError


def invalid(message: str) -> AwsError:
    """ECS's InvalidParameterException."""
    return AwsError("InvalidParameterException", message)


def refused(message: str) -> AwsError:
    """ECS's ClientException."""
    return AwsError("ClientException", message)


class EcsRecords(Service):
    """ECS's records and how to find things in them."""

    name = "ecs"
    prefix = "ecs"
    state_type = EcsState

    @property
    def ecs(self) -> EcsState:
        """The records of this region."""
        records: EcsState = self.records
        return records

    @property
    def network(self) -> Network:
        """The region's network."""
        return Network.of(self.account, self.region)

    def cluster(self, reference: str | None) -> Cluster:
        """The active cluster that a name or ARN means (`default` when none is given)."""
        name = last_part(reference or "default")
        found = self.ecs.clusters.get(name)
        if found is None or found.status == "INACTIVE":
            raise AwsError("ClusterNotFoundException", "Cluster not found.")
        return found

    def definition(self, reference: str) -> TaskDefinition:
        """The revision that `family`, `family:revision` or an ARN means; a family means its latest active revision."""
        name = last_part(reference)
        if ":" in name:
            found = self.ecs.definitions.get(self.arn(f"task-definition/{name}"))
        else:
            revisions = [one for one in self.ecs.definitions.values() if one.family == name and one.status == "ACTIVE"]
            found = max(revisions, key=lambda one: one.revision, default=None)
        if found is None:
            raise refused("TaskDefinition not found.")
        return found

    def active_definition(self, reference: str) -> TaskDefinition:
        """The same, refused when it was deregistered."""
        found = self.definition(reference)
        if found.status != "ACTIVE":
            raise refused("TaskDefinition is inactive")
        return found

    def service_record(self, cluster: str, reference: str) -> ServiceRecord | None:
        """The service of a cluster that a name or ARN means."""
        return self.ecs.services.get(f"{cluster}/{last_part(reference)}")

    def tasks_of(self, service: ServiceRecord) -> list[Task]:
        """The service's tasks, stopped ones included."""
        return [
            one for one in self.ecs.tasks.values() if one.service == service.name and one.cluster == service.cluster
        ]

    def service_of(self, task: Task) -> ServiceRecord | None:
        """The service a task belongs to."""
        return self.ecs.services.get(f"{task.cluster}/{task.service}") if task.service else None

    def _deployment_of(self, task: Task) -> Deployment | None:
        service = self.service_of(task)
        return next((one for one in service.deployments if one.id == task.deployment), None) if service else None

    def _changed(self, task: Task) -> None:
        """Ask the scheduler to look at the task's service."""
        service = self.service_of(task)
        if service is not None and not service.look_planned:
            service.look_planned = True
            self.plan(0, "schedule", task.cluster, task.service)


def last_part(reference: str) -> str:
    """The name at the end of an ARN, or the name itself."""
    return reference.rsplit("/", 1)[-1]
