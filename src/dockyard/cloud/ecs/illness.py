"""Health of a service's tasks: which count as healthy, which are ill, and what is said of them.

Knows nothing about what follows: it starts and stops none.
"""

from __future__ import annotations

from dockyard.cloud.ecs.rollout import Rollout
from dockyard.cloud.ecs.state import ServiceRecord, Task
from dockyard.cloud.elbv2.service import ElasticLoadBalancing

#: A task without any health check counts as healthy after so many seconds of running.
COUNTS_AFTER = 40.0


class Illness(Rollout):
    """Judges tasks by their targets and their own health checks. An ill task has its failure counted."""

    def tell_ill(self, service: ServiceRecord) -> None:
        """Say of each task, once, that it is ill, and count that; one that is well again may fall ill again."""
        for task in [one for one in self.tasks_of(service) if one.alive]:
            if not (ill := self._illness(service, task)):
                task.failure_counted = False
            elif not task.failure_counted:
                task.failure_counted = True
                self.event(service, ill)
                if deployment := self._deployment_of(task):
                    self.failed(service, deployment)

    def _illness(self, service: ServiceRecord, task: Task) -> str:
        """What fails of a task whose grace period is over: its own health check, or a balancer's; "" for nothing.

        https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html: the grace period is for both.
        """
        failing = task.health == "UNHEALTHY"
        target = None if failing else self._unhealthy_target(service, task)
        if not failing and target is None:
            return ""
        if left := self._grace_left(service, task):
            self.look_again(service, left)
            return ""
        if target is None:
            return f"(task {task.id}) failed container health checks."
        group, port, reason = target
        return f"(task {task.id}) (port {port}) is unhealthy in (target-group {group}) due to (reason {reason})."

    def _unhealthy_target(self, service: ServiceRecord, task: Task) -> tuple[str, int, str] | None:
        """The target group in which a task is unhealthy, its port there, and why."""
        for one in service.load_balancers:
            group, port = one["targetGroupArn"], one["containerPort"]
            found = self.peer(ElasticLoadBalancing).health(group, task.address, port)
            if found and found.state == "unhealthy":
                return group, port, found.description
        return None

    def why_ill(self, service: ServiceRecord, task: Task) -> str:
        """The reason for which an ill task is stopped."""
        target = self._unhealthy_target(service, task)
        checks = f"ELB health checks in (target-group {target[0]})" if target else "container health checks"
        return f"Task failed {checks}"

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
        if health := self._targets(service, task):
            return set(health) == {"healthy"}
        if checked:
            return True
        age = self.now - (task.started_at or self.now)
        if age < COUNTS_AFTER:
            self.look_again(service, COUNTS_AFTER - age)
        return age >= COUNTS_AFTER

    def _targets(self, service: ServiceRecord, task: Task) -> list[str]:
        """The states of a task's targets; tasks older than a balancer that the service got since have none there."""
        balancing, old = self.peer(ElasticLoadBalancing), task.deployment != service.primary.id
        found = [
            balancing.health(one["targetGroupArn"], task.address, one["containerPort"])
            for one in service.load_balancers
        ]
        return [one.state if one else "unused" for one in found if one or not old]

    def look_again(self, service: ServiceRecord, seconds: float) -> None:
        """Plan one later look, not one for each task that asks."""
        due = self.now + seconds
        if not self.now < service.next_schedule <= due:
            service.next_schedule = due
            self.plan(seconds, "schedule", service.cluster, service.name)
