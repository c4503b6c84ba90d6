"""The service scheduler: brings what runs to what is desired, rolls deployments, breaks circuits, writes events.

Knows nothing about how a task lives; it launches and stops tasks and is told when one changed.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-ecs.html
"""

from __future__ import annotations

import math
from collections import Counter

from dockyard.cloud.clock import HOUR
from dockyard.cloud.ecs.capacity import chosen
from dockyard.cloud.ecs.illness import Illness
from dockyard.cloud.ecs.shapes import tags_of_task
from dockyard.cloud.ecs.state import Deployment, ServiceRecord, Task
from dockyard.cloud.service import effect
from dockyard.errors import AwsError


class Scheduler(Illness):
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
        self.tell_ill(service)
        self.forgive(service)
        tasks = [one for one in self.tasks_of(service) if one.alive]
        if service.status == "DRAINING":
            self._drain(service, tasks)
            self.tell(service)
            return
        self._stop_ill(service, tasks)
        self._stop_surplus(service, [one for one in tasks if one.alive])
        self._start_missing(service, [one for one in tasks if one.alive])
        self._retire_old(service, [one for one in tasks if one.alive])
        self.tell(service)
        self.conclude(service)

    @effect
    def target_changed(self, _group: str, address: str, _port: int) -> None:
        """A target's health changed: look at its task's service."""
        task = next((one for one in self.ecs.tasks.values() if one.address == address and one.alive), None)
        if task is not None:
            self._changed(task)

    def _stop_ill(self, service: ServiceRecord, tasks: list[Task]) -> None:
        """Stop ill tasks: as many as healthy ones stand in for; one, where there is no room to start another first.

        https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html
        """
        mine = [one for one in tasks if one.deployment == service.primary.id]
        ill = sorted((one for one in mine if one.failure_counted), key=lambda one: (one.created_at, one.id))
        sound = [one for one in mine if not one.failure_counted]
        healthy = sum(self.healthy(service, one) for one in sound)
        over = len(ill) - max(0, service.desired - healthy)
        no_room = len(sound) < service.desired and len(tasks) >= self._most(service)
        if over <= 0 and no_room and healthy == len(sound):
            over = 1
        for task in ill[: max(0, over)]:
            self.stop(task, "ServiceSchedulerInitiated", self.why_ill(service, task))

    def _drain(self, service: ServiceRecord, tasks: list[Task]) -> None:
        for task in tasks:
            reason = f"Scaling activity initiated by (deployment {service.primary.id})"
            self.stop(task, "ServiceSchedulerInitiated", reason)
        if all(one.last_status == "STOPPED" for one in self.tasks_of(service)):
            service.status = "INACTIVE"

    def _stop_surplus(self, service: ServiceRecord, tasks: list[Task]) -> None:
        primary = [one for one in tasks if one.deployment == service.primary.id and not one.failure_counted]
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
        mine = [one for one in tasks if one.deployment == deployment.id and not one.failure_counted]
        missing = min(service.desired - len(mine), self._most(service) - len(tasks))
        if missing <= 0:
            return
        if self.now < deployment.not_before:
            self.look_again(service, deployment.not_before - self.now)
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
