"""The service scheduler: brings what runs to what is desired, rolls deployments, breaks circuits, writes events.

Knows nothing about how a task lives; it launches and stops tasks and is told when one changed.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
"""

from __future__ import annotations

import math
from collections import Counter

from dockyard.cloud.clock import HOUR
from dockyard.cloud.ecs.capacity import chosen
from dockyard.cloud.ecs.rollout import Rollout
from dockyard.cloud.ecs.shapes import tags_of_task
from dockyard.cloud.ecs.state import Deployment, ServiceRecord, Task
from dockyard.cloud.elbv2.service import ElasticLoadBalancing
from dockyard.cloud.service import effect
from dockyard.errors import AwsError

#: A task without any health check counts as healthy after so many seconds of running.
COUNTS_AFTER = 40.0


class Scheduler(Rollout):
    """Reconciles a service. It runs when something changed, never by polling."""

    @effect
    def schedule(self, cluster: str, name: str) -> None:
        """Look at a service and do the next thing it needs."""
        service = self.ecs.services.get(f"{cluster}/{name}")
        if service is None or service.status == "INACTIVE":
            return
        service.look_planned = False
        self.tell(service)
        self._count_failures(service)
        self._replace_failing(service)
        self.forgive(service)
        tasks = [one for one in self.tasks_of(service) if one.alive]
        if service.status == "DRAINING":
            self._drain(service, tasks)
            self.tell(service)
            return
        self._stop_surplus(service, tasks)
        self._start_missing(service, [one for one in tasks if one.alive])
        self._retire_old(service, [one for one in tasks if one.alive])
        self.tell(service)
        self.conclude(service)

    @effect
    def target_changed(self, group: str, address: str, _port: int) -> None:
        """A target's health changed: replace an unhealthy task once its grace period is over."""
        task = next((one for one in self.ecs.tasks.values() if one.address == address and one.alive), None)
        service = self.service_of(task) if task else None
        if task is None or service is None:
            return
        health = self._health(service, task)
        if "unhealthy" in health:
            left = self._grace_left(service, task)
            if left > 0:
                self.plan(left, "target_changed", group, address, _port)
                return
            self._replace_unhealthy(service, task, group, _port)
        self._changed(task)

    def _replace_unhealthy(self, service: ServiceRecord, task: Task, group: str, port: int) -> None:
        found = self.peer(ElasticLoadBalancing).health(group, task.address, port)
        reason = found.description if found else ""
        self.event(
            service, f"(task {task.id}) (port {port}) is unhealthy in (target-group {group}) due to (reason {reason})."
        )
        deployment = next((one for one in service.deployments if one.id == task.deployment), None)
        self.stop(task, "ServiceSchedulerInitiated", f"Task failed ELB health checks in (target-group {group})")
        if deployment is not None:
            self.failed(service, deployment)

    def _replace_failing(self, service: ServiceRecord) -> None:
        """Stop the tasks of which an essential container fails its own health check, when their grace is over.

        https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html: the grace period is for them
        too.
        """
        failing = [one for one in self.tasks_of(service) if one.alive and one.health == "UNHEALTHY"]
        for task in failing:
            if left := self._grace_left(service, task):
                self._look_again(service, left)
                continue
            self.event(service, f"(task {task.id}) failed container health checks.")
            self.stop(task, "ServiceSchedulerInitiated", "Task failed container health checks")
            if deployment := self._deployment_of(task):
                self.failed(service, deployment)

    def _grace_left(self, service: ServiceRecord, task: Task) -> float:
        """The seconds for which nobody minds that a task is unhealthy."""
        grace = float(service.request.get("healthCheckGracePeriodSeconds") or 0)
        return max(0.0, (task.started_at or self.now) + grace - self.now)

    def healthy(self, service: ServiceRecord, task: Task) -> bool:
        """Whether a task counts as healthy: its target, its container check, or 40 s of running."""
        if not task.running:
            return False
        checked = any(one.get("healthCheck") for one in self.ecs.definitions[task.definition].containers)
        if checked and task.health != "HEALTHY":
            return False
        if health := self._health(service, task):
            return set(health) == {"healthy"}
        if checked:
            return True
        age = self.now - (task.started_at or self.now)
        if age < COUNTS_AFTER:
            self._look_again(service, COUNTS_AFTER - age)
        return age >= COUNTS_AFTER

    def _health(self, service: ServiceRecord, task: Task) -> list[str]:
        """The states of a task's targets; tasks older than a balancer that the service got since have none there."""
        balancing, old = self.peer(ElasticLoadBalancing), task.deployment != service.primary.id
        found = [
            balancing.health(one["targetGroupArn"], task.address, one["containerPort"])
            for one in service.load_balancers
        ]
        return [one.state if one else "unused" for one in found if one or not old]

    def _drain(self, service: ServiceRecord, tasks: list[Task]) -> None:
        for task in tasks:
            reason = f"Scaling activity initiated by (deployment {service.primary.id})"
            self.stop(task, "ServiceSchedulerInitiated", reason)
        if all(one.last_status == "STOPPED" for one in self.tasks_of(service)):
            service.status = "INACTIVE"

    def _stop_surplus(self, service: ServiceRecord, tasks: list[Task]) -> None:
        primary = [one for one in tasks if one.deployment == service.primary.id]
        surplus = len(primary) - service.desired
        if surplus <= 0:
            return
        # Tasks that do not run yet go first, then the fullest zone's newest: balance is kept.
        zones: dict[str, list[Task]] = {}
        for one in sorted(primary, key=lambda one: (not one.running, one.created_at, one.id)):
            zones.setdefault(one.zone, []).append(one)
        for _ in range(surplus):
            zone = max(filter(None, zones.values()), key=_first_to_go)
            reason = f"Scaling activity initiated by (deployment {service.primary.id})"
            self.stop(zone.pop(), "ServiceSchedulerInitiated", reason)

    def _start_missing(self, service: ServiceRecord, tasks: list[Task]) -> None:
        deployment = service.primary
        if deployment.rollout_state == "FAILED":
            return
        mine = [one for one in tasks if one.deployment == deployment.id]
        missing = min(service.desired - len(mine), self._most(service) - len(tasks))
        if missing <= 0:
            return
        if self.now < deployment.not_before:
            self._look_again(service, deployment.not_before - self.now)
            return
        self._launch(service, deployment, missing)

    def _launch(self, service: ServiceRecord, deployment: Deployment, count: int) -> None:
        definition = self.ecs.definitions[deployment.definition]
        if obstacle := self.unassumable(definition):
            self.event(service, f"failed to launch a task with (error {obstacle})")
            self.failed(service, deployment, never_ran=True)
            return
        if service.request.get("launchType") == "EC2":
            self.event(
                service,
                "was unable to place a task because no container instance met all of its requirements. Reason: No "
                "Container Instances were found in your cluster.",
            )
            return
        self.account.causes.current = self.account.causes.current or deployment.cause
        network = deployment.settings["networkConfiguration"]["awsvpcConfiguration"]
        started, obstacle = list[Task](), ""
        # Each deployment spreads over the zones by itself: what it replaces will soon be gone.
        mine = [one for one in self.tasks_of(service) if one.alive and one.deployment == deployment.id]
        taken = [one.provider for one in mine]
        used = Counter(one.subnet for one in mine)
        for _ in range(count):
            subnet = min(network["subnets"], key=used.__getitem__)
            used[subnet] += 1
            try:
                task = self.launch(
                    definition, service.cluster, network, subnet,
                    group=f"service:{service.name}", started_by=deployment.id, launch_type="FARGATE",
                    service=service.name, deployment=deployment.id,
                    provider=chosen(deployment.settings.get("capacityProviderStrategy", []), taken),
                    tags=tags_of_task(service.request, definition, service.cluster, service.name),
                    execute_command=service.request.get("enableExecuteCommand", False),
                )  # fmt: skip
            except AwsError as error:  # the subnet is full, or gone
                obstacle = error.message
                break
            taken.append(task.provider)
            task.images.update(
                {
                    one["name"]: deployment.images[one["image"]]
                    for one in definition.containers
                    if one["image"] in deployment.images
                }
            )
            started.append(task)
        self._tell_launched(service, deployment, started, obstacle)

    def _tell_launched(
        self, service: ServiceRecord, deployment: Deployment, started: list[Task], obstacle: str
    ) -> None:
        service.steady_said = False
        if started:
            listed = " ".join(f"(task {one.id})" for one in started)
            self.event(service, f"has started {len(started)} tasks: {listed}.")
        if obstacle:
            self.event(service, f"failed to launch a task with (error {obstacle})")
            self.failed(service, deployment, never_ran=True)

    def _retire_old(self, service: ServiceRecord, tasks: list[Task]) -> None:
        """Stop the old deployments' tasks as far as enough healthy ones remain; unhealthy ones first."""
        old = [one for one in tasks if one.deployment != service.primary.id]
        least = self._least(service)
        healthy = sum(self.healthy(service, one) for one in tasks)
        for task in sorted(old, key=lambda one: (self.healthy(service, one), one.created_at, one.id)):
            sound = self.healthy(service, task)
            if sound and healthy - 1 < least:
                break
            healthy -= sound
            reason = f"Scaling activity initiated by (deployment {service.primary.id})"
            self.stop(task, "ServiceSchedulerInitiated", reason)

    def _least(self, service: ServiceRecord) -> int:
        percent: int = service.request["deploymentConfiguration"]["minimumHealthyPercent"]
        return math.ceil(service.desired * percent / 100)

    def _most(self, service: ServiceRecord) -> int:
        percent: int = service.request["deploymentConfiguration"]["maximumPercent"]
        return max(math.floor(service.desired * percent / 100), 1)

    def _look_again(self, service: ServiceRecord, seconds: float) -> None:
        """Plan one later look, not one for each task that asks."""
        due = self.now + seconds
        if not self.now < service.next_schedule <= due:
            service.next_schedule = due
            self.plan(seconds, "schedule", service.cluster, service.name)

    @effect
    def forget_service(self, key: str) -> None:
        """An inactive service stays describable for a day."""
        self.ecs.services.pop(key, None)

    def forget_later(self, service: ServiceRecord) -> None:
        """Plan to forget a deleted service."""
        self.plan(24 * HOUR, "forget_service", f"{service.cluster}/{service.name}")


def _first_to_go(zone: list[Task]) -> tuple[bool, int, float, str]:
    """What is compared of zones, by the task of each that would go."""
    last = zone[-1]
    return not last.running, len(zone), last.created_at, last.id
