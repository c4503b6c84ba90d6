"""The whole of ECS: its operations, and the CPU and memory metrics that its services emit each minute.

Knows nothing about who reads the metrics.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html
"""

from __future__ import annotations

from dockyard.cloud.clock import MINUTE
from dockyard.cloud.cloudwatch.service import CloudWatch
from dockyard.cloud.ecs.services import Services
from dockyard.cloud.ecs.shapes import COMING
from dockyard.cloud.ecs.state import ServiceRecord, Task
from dockyard.cloud.ecs.witnessing import Witnessing
from dockyard.cloud.elbv2.service import ElasticLoadBalancing
from dockyard.cloud.service import Meters

#: What a model server of the labs holds in memory, in MiB, as long as nobody measured its image.
MODEL_SERVER_MEMORY = 300.0


class Ecs(Services, Witnessing):
    """Elastic Container Service in one region."""

    def live(self) -> bool:
        """Services with tasks emit metrics."""
        return any(one.service and one.last_status == "RUNNING" for one in self.ecs.tasks.values())

    def in_use(self) -> Meters:
        """Tasks are billed from their pull until they end."""
        for task in self.ecs.tasks.values():
            if task.last_status not in ("DEPROVISIONING", "STOPPED"):
                yield from self.cost(task)

    def each_minute(self) -> None:
        """Emit CPUUtilization and MemoryUtilization of each service for the minute that just ended."""
        for service in self.ecs.services.values():
            running = [one for one in self.tasks_of(service) if one.last_status == "RUNNING"]
            samples = [self._utilisation(one) for one in running if one.measured_until < self.now]
            if samples:
                self.account.causes.current = self._load_of(service)
                self._emit(service, "CPUUtilization", samples)
                self._emit(service, "MemoryUtilization", [self._memory_of(one)[1] for one in running[: len(samples)]])
                if self._has_insights(service):
                    self._emit_insights(service, running, samples)

    def each_change(self) -> None:
        """A role, a route or a rule changed: services that wait for one may go on."""
        for service in self.ecs.services.values():
            if service.status == "ACTIVE":
                self.plan(0, "schedule", service.cluster, service.name)

    def forked(self) -> None:
        """In a copy nothing runs outside."""
        self.released()

    def _load_of(self, service: ServiceRecord) -> int:
        """The cause of the load that the service bears (0 where nobody offers any)."""
        balancing = self.peer(ElasticLoadBalancing)
        groups = (one["targetGroupArn"] for one in service.load_balancers)
        return max((balancing.load_cause(one) for one in groups), default=0)

    def _utilisation(self, task: Task) -> float:
        """Percent of the task's CPU that it used since it was measured last."""
        endpoint = self.network.endpoints.get(task.address)
        seconds, task.measured_until = self.now - task.measured_until, self.now
        if endpoint is None:
            return 0.0
        busy, endpoint.busy_ms = endpoint.busy_ms, 0.0
        busy += task.served.vcpus * seconds * 1000.0 if task.served else 0.0
        return min(100.0, busy / (endpoint.vcpus * seconds * 10.0))

    def _memory_of(self, task: Task) -> tuple[float, float]:
        """The MiB that a task's containers hold, as observed where they were, and that in percent of its memory."""
        ecs = self.ecs  # looked up once: this is asked of every task each minute
        whole = ecs.definitions[task.definition].memory
        if task.served and task.served.memory:
            return task.served.memory, task.served.memory / whole * 100
        containers = self.containers_of(task) if ecs.facts else []
        observed = [facts.memory for one in containers if (facts := self.facts_of(task, one))]
        held = min(float(whole), sum(observed) or MODEL_SERVER_MEMORY)
        return held, held / whole * 100

    def _has_insights(self, service: ServiceRecord) -> bool:
        cluster = self.ecs.clusters[service.cluster]
        return any(one["name"] == "containerInsights" and one["value"] != "disabled" for one in cluster.settings)

    def _emit_insights(self, service: ServiceRecord, running: list[Task], samples: list[float]) -> None:
        """What Container Insights adds, in CPU units, megabytes and tasks.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html
        """
        definition, count = self.ecs.definitions[running[0].definition], len(running)
        pending = sum(one.last_status in COMING for one in self.tasks_of(service))
        values = {
            "CpuReserved": definition.vcpus * 1024 * count,
            "CpuUtilized": definition.vcpus * 1024 * sum(samples) / 100,
            "MemoryReserved": definition.memory * count,
            "MemoryUtilized": sum(self._memory_of(one)[0] for one in running),
            "DesiredTaskCount": service.desired,
            "RunningTaskCount": count,
            "PendingTaskCount": pending,
            "DeploymentCount": len(service.deployments),
        }
        for name, value in values.items():
            dimensions = {"ClusterName": service.cluster, "ServiceName": service.name}
            unit = "None" if name.startswith("Cpu") else "Megabytes" if name.startswith("Memory") else "Count"
            at = self.now - MINUTE
            self.peer(CloudWatch).put("ECS/ContainerInsights", name, dimensions, value, unit=unit, at=at)

    def _emit(self, service: ServiceRecord, metric: str, samples: list[float]) -> None:
        dimensions = {"ClusterName": service.cluster, "ServiceName": service.name}
        self.peer(CloudWatch).put(
            "AWS/ECS", metric, dimensions, sum(samples), len(samples), min(samples), max(samples), "Percent",
            self.now - MINUTE,
        )  # fmt: skip
