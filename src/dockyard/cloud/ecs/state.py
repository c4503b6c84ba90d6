"""The records of ECS in one region.

Knows nothing about what changes them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from dockyard.cloud.ecs.facts import ImageFacts


@dataclass(slots=True)
class Cluster:
    """A cluster; `settings` and `providers` as the API shapes them."""

    name: str
    arn: str
    status: str = "ACTIVE"
    settings: list[dict[str, str]] = field(default_factory=list)
    providers: list[str] = field(default_factory=list)
    strategy: list[dict[str, Any]] = field(default_factory=list)
    tags: list[dict[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class TaskDefinition:
    """One revision; `document` is what was registered, with sizes as units and MiB."""

    arn: str
    family: str
    revision: int
    document: dict[str, Any]
    registered_at: float
    status: str = "ACTIVE"
    deregistered_at: float | None = None
    tags: list[dict[str, str]] = field(default_factory=list)

    @property
    def containers(self) -> list[dict[str, Any]]:
        """The container definitions."""
        found: list[dict[str, Any]] = self.document["containerDefinitions"]
        return found

    @property
    def vcpus(self) -> float:
        """The task's CPU in vCPU (the containers' sum, or a quarter, where the task names none)."""
        units = int(self.document.get("cpu") or sum(one.get("cpu", 0) for one in self.containers) or 256)
        return units / 1024

    @property
    def architecture(self) -> str:
        """What its tasks run on, in the words of images: amd64 or arm64."""
        named = (self.document.get("runtimePlatform") or {}).get("cpuArchitecture", "X86_64")
        return "arm64" if named == "ARM64" else "amd64"

    @property
    def memory(self) -> int:
        """The task's memory in MiB."""
        return int(self.document.get("memory") or sum(one.get("memory", 0) for one in self.containers) or 512)


@dataclass(slots=True)
class Container:
    """A container of a task: PENDING, RUNNING or STOPPED, and how it ended; `health` as DescribeTasks shows it.

    Until `loads_until` its process loads and does not listen.
    """

    name: str
    last_status: str = "PENDING"
    exit_code: int | None = None
    reason: str = ""
    health: str = "UNKNOWN"
    loads_until: float = 0.0


@dataclass(slots=True)
class Served:
    """What a task whose containers run outside was seen to serve, the vCPUs they use and the MiB they hold."""

    ports: list[int] = field(default_factory=list)
    answers: dict[str, int] = field(default_factory=dict)
    vcpus: float = 0.0
    memory: int = 0


@dataclass(slots=True)
class Task:
    """A task and where it stands in its life; moments in seconds since 1970.

    `outside`: its containers run on this machine, and what they do is reported; `served` is what was reported last.
    """

    id: str
    arn: str
    cluster: str
    definition: str
    group: str
    started_by: str
    launch_type: str
    created_at: float
    network: dict[str, Any]
    service: str = ""
    deployment: str = ""
    overrides: dict[str, Any] = field(default_factory=dict)
    images: dict[str, str] = field(default_factory=dict)
    containers: dict[str, Container] = field(default_factory=dict)
    last_status: str = "PROVISIONING"
    desired_status: str = "RUNNING"
    health: str = "UNKNOWN"
    interface: str = ""
    address: str = ""
    subnet: str = ""
    zone: str = ""
    pull_started_at: float | None = None
    pull_stopped_at: float | None = None
    started_at: float | None = None
    stopping_at: float | None = None
    stopped_at: float | None = None
    stop_code: str = ""
    stopped_reason: str = ""
    measured_until: float = 0.0
    failure_counted: bool = False
    found_healthy: bool = False
    execute_command: bool = False
    outside: bool = False
    served: Served | None = None
    provider: str = ""
    tags: list[dict[str, str]] = field(default_factory=list)

    @property
    def alive(self) -> bool:
        """Whether the task is meant to run."""
        return self.desired_status == "RUNNING"

    @property
    def running(self) -> bool:
        """Whether the task runs and is meant to."""
        return self.alive and self.last_status == "RUNNING"


@dataclass(slots=True)
class Deployment:
    """One roll-out of a service; `images` keeps the digest each tag meant when it began."""

    id: str
    definition: str
    desired: int
    created_at: float
    updated_at: float
    settings: dict[str, Any]
    status: str = "PRIMARY"
    rollout_state: str = "IN_PROGRESS"
    rollout_reason: str = ""
    failed_tasks: int = 0
    failures_in_a_row: int = 0
    start_failures: int = 0
    not_before: float = 0.0
    images: dict[str, str] = field(default_factory=dict)
    cause: int = 0
    rolls_back: bool = False


class Event(NamedTuple):
    """A service event. A tuple, as there are many: each fork copies them."""

    id: str
    at: float
    message: str


@dataclass(slots=True)
class ServiceRecord:
    """A service. `request` keeps the members that CreateService or UpdateService set and the API shows again.

    `look_planned`: the scheduler will look in this very moment, however many tasks change in it.
    Not told as events yet: `joined` and `left` count targets by group, `stopped` names tasks. `desired_since` tells the
    desired counts and the moments from which on they held, oldest first.
    """

    name: str
    arn: str
    cluster: str
    desired: int
    created_at: float
    request: dict[str, Any]
    status: str = "ACTIVE"
    deployments: list[Deployment] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    last_completed: Deployment | None = None
    steady_said: bool = False
    next_schedule: float = 0.0
    look_planned: bool = False
    joined: dict[str, int] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)
    stopped: list[str] = field(default_factory=list)
    desired_since: list[tuple[float, int]] = field(default_factory=list)

    @property
    def primary(self) -> Deployment:
        """The deployment that is being rolled out or has been."""
        return next(one for one in self.deployments if one.status == "PRIMARY")

    @property
    def load_balancers(self) -> list[dict[str, Any]]:
        """Target group, container name and port of each load balancer."""
        found: list[dict[str, Any]] = self.request.get("loadBalancers", [])
        return found


@dataclass(slots=True)
class EcsState:
    """Everything ECS keeps in a region. Services by `cluster/name`, tasks by id, definitions by ARN, facts by key."""

    clusters: dict[str, Cluster] = field(default_factory=dict)
    revisions: dict[str, int] = field(default_factory=dict)
    definitions: dict[str, TaskDefinition] = field(default_factory=dict)
    services: dict[str, ServiceRecord] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    facts: dict[str, ImageFacts] = field(default_factory=dict)
