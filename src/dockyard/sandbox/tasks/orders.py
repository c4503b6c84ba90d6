"""What the account wants of its tasks' containers, read as values: which run, which are to end, what is to be asked.

Knows nothing about processes; it only reads, under the lock of whoever calls.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from dockyard.cloud.ecs.facts import ports_of
from dockyard.cloud.ecs.service import Ecs
from dockyard.cloud.ecs.state import Task
from dockyard.cloud.elbv2.service import ElasticLoadBalancing
from dockyard.cloud.elbv2.state import TargetGroup
from dockyard.sandbox.worlds import World


@dataclass(frozen=True, slots=True)
class ContainerOrder:
    """A container: its definition with overrides, its image by digest, its limit in MiB, and what it should be."""

    definition: dict[str, Any]
    image: str
    memory: int
    status: str

    @property
    def name(self) -> str:
        """Its name within the task."""
        return str(self.definition["name"])

    @property
    def ports(self) -> list[int]:
        """The ports it declares."""
        return ports_of(self.definition)


@dataclass(frozen=True, slots=True)
class Question:
    """A load balancer's health check: what to get of which port; `interval` in simulated, `timeout` in real seconds."""

    port: int
    path: str
    interval: float
    timeout: float


@dataclass(frozen=True, slots=True)
class TaskOrder:
    """A task as it should be."""

    region: str
    id: str
    address: str
    role: str
    vcpus: float
    status: str
    outside: bool
    volumes: tuple[str, ...]
    containers: tuple[ContainerOrder, ...]
    questions: tuple[Question, ...]

    @property
    def begins(self) -> bool:
        """Whether its images are there, and its containers run or soon will."""
        return self.status in ("ACTIVATING", "RUNNING")

    @property
    def begins_as(self) -> tuple[Any, ...]:
        """All that its containers are started with."""
        containers = [(one.definition, one.image, one.memory) for one in self.containers]
        return self.region, self.address, self.role, self.vcpus, self.volumes, containers

    @property
    def alive(self) -> bool:
        """Whether it is not on its way to its end."""
        return self.begins or self.status in ("PROVISIONING", "PENDING")

    @property
    def ends(self) -> bool:
        """Whether its containers are to get SIGTERM."""
        return self.status in ("STOPPING", "DEPROVISIONING", "STOPPED")


def orders(world: World, without: Collection[str] = ()) -> Iterator[TaskOrder]:
    """Every task of the account that has or will have containers, but for those of these ids."""
    for region, kept in world.account.regions.items():
        if "ecs" in kept:
            ecs = world.cloud.service(Ecs, region)
            for task in ecs.ecs.tasks.values():
                if task.outside or (task.alive and task.id not in without):
                    yield _order(ecs, task)


def _order(ecs: Ecs, task: Task) -> TaskOrder:
    definition = ecs.ecs.definitions[task.definition]
    containers = [
        ContainerOrder(one, _image(ecs, task, one), ecs.limit_of(task, one), _status(ecs, task, one["name"]))
        for one in ecs.containers_of(task)
    ]
    return TaskOrder(
        ecs.region, task.id, task.address, definition.document.get("taskRoleArn", ""), definition.vcpus,
        task.last_status, task.outside, tuple(one["name"] for one in definition.document.get("volumes", [])),
        tuple(containers), tuple(_questions(ecs, task)),
    )  # fmt: skip


def _image(ecs: Ecs, task: Task, container: dict[str, Any]) -> str:
    """Its image, "" where nothing of it runs: it is for another architecture than the task's."""
    return "" if ecs.is_foreign(task, container) else ecs.image_of(task, container)


def _status(ecs: Ecs, task: Task, name: str) -> str:
    """What a container should be: one that loads, in simulated time, does not run here yet."""
    container = task.containers[name]
    return "PENDING" if container.loads_until > ecs.now else container.last_status


def _questions(ecs: Ecs, task: Task) -> Iterator[Question]:
    """The health checks of the target groups that have the task, or will have it once it runs."""
    balancing = ecs.peer(ElasticLoadBalancing)
    service = ecs.service_of(task)
    joining = {one["targetGroupArn"]: one["containerPort"] for one in service.load_balancers} if service else {}
    for group in balancing.balancing.groups.values() if "elbv2" in ecs.account.regions[ecs.region] else ():
        ports = {one.port for one in group.targets.values() if one.id == task.address}
        if group.arn in joining:
            ports.add(joining[group.arn])
        for port in sorted(ports):
            yield _question(group, port)


def _question(group: TargetGroup, port: int) -> Question:
    asked = port if group.health_port == "traffic-port" else int(group.health_port)
    return Question(asked, group.health_path or "/", group.health_interval, group.health_timeout)
