"""Deployments: begun, failed tasks counted, circuits broken, rolled back, completed.

Knows nothing about how tasks are placed or stopped.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from dockyard.cloud.clock import MINUTE
from dockyard.cloud.ecs.events import STEADY, Events
from dockyard.cloud.ecs.state import Deployment, ServiceRecord

#: Retries of tasks that never reach RUNNING wait longer and longer, at most 27 minutes.
LONGEST_WAIT = 27 * MINUTE
#: The stop codes of tasks that stopped by themselves.
BY_THEMSELVES = ("TaskFailedToStart", "EssentialContainerExited")
NEVER_STARTED = "is unable to consistently start tasks successfully."


class Rollout(Events):
    """Begins and ends deployments."""

    def begin(self, service: ServiceRecord, definition: str, settings: dict[str, Any]) -> Deployment:
        """Make a new PRIMARY deployment; the one before becomes ACTIVE."""
        for one in service.deployments:
            one.status = "ACTIVE"
        number = f"ecs-svc/{self.account.identifiers.number(10**19):019d}"
        deployment = Deployment(number, definition, service.desired, self.now, self.now, settings)
        deployment.rollout_reason = f"ECS deployment {number} in progress."
        deployment.cause = self.note(f"deployment {number} of {definition.rsplit('/', 1)[-1]} began")
        service.deployments.insert(0, deployment)
        service.steady_said = False
        self.plan(0, "schedule", service.cluster, service.name)
        return deployment

    def failed(self, service: ServiceRecord, deployment: Deployment, *, never_ran: bool = False) -> None:
        """Count a task that failed; break the circuit at the threshold, else wait before the next try."""
        deployment.failed_tasks += 1
        deployment.failures_in_a_row += 1
        deployment.updated_at = self.now
        if never_ran and self.now >= deployment.not_before:
            self._wait_longer(service, deployment)
        breaker = service.request["deploymentConfiguration"].get("deploymentCircuitBreaker") or {}
        primary = deployment.status == "PRIMARY" and deployment.rollout_state == "IN_PROGRESS"
        if primary and breaker.get("enable") and deployment.failures_in_a_row >= threshold(service, breaker):
            self._break(service, deployment, rollback=bool(breaker.get("rollback")))

    def _wait_longer(self, service: ServiceRecord, deployment: Deployment) -> None:
        """Wait before the next try, longer each time; tasks that failed in the same try count once."""
        deployment.start_failures += 1
        wait = min(LONGEST_WAIT, 10.0 * 2 ** min(deployment.start_failures, 10))
        deployment.not_before = self.now + wait
        if deployment.start_failures == 3:
            self.event(service, NEVER_STARTED)
        self.plan(wait, "schedule", service.cluster, service.name)

    def _break(self, service: ServiceRecord, deployment: Deployment, *, rollback: bool) -> None:
        self.note(f"the circuit breaker ended deployment {deployment.id}")
        deployment.rollout_state = "FAILED"
        deployment.rollout_reason = "ECS deployment circuit breaker: tasks failed to start."
        self.event(service, f"(deployment {deployment.id}) deployment failed: tasks failed to start.")
        for task in self.tasks_of(service):
            if task.deployment == deployment.id and task.alive and not task.running:
                self.stop(task, "ServiceSchedulerInitiated", f"Deployment {deployment.id} failed")
        before = service.last_completed
        if rollback and before is not None and not deployment.rolls_back:
            self.event(service, f"rolling back to deployment {before.id}.")
            service.request["taskDefinition"] = before.definition
            begun = self.begin(service, before.definition, before.settings)
            begun.images, begun.rolls_back = dict(before.images), True
            begun.rollout_reason = f"ECS deployment circuit breaker: rolling back to deploymentId {before.id}."

    def _count_failures(self, service: ServiceRecord) -> None:
        """Count, once each, the tasks that stopped by themselves, and write why."""
        ended = (one for one in self.tasks_of(service) if not one.alive and one.stop_code in BY_THEMSELVES)
        fresh = [one for one in ended if not one.failure_counted]
        for task in fresh:
            if task.stop_code == "TaskFailedToStart":
                self.event(service, f"was unable to place a task. Reason: {task.stopped_reason}.")
        for task in fresh:  # all is told before the count may begin a rollback
            task.failure_counted = True
            if deployment := self._deployment_of(task):
                self.failed(service, deployment, never_ran=task.started_at is None)

    def forgive(self, service: ServiceRecord) -> None:
        """Count failures from zero again once a task becomes healthy, unless the circuit breaker was told not to."""
        breaker = service.request["deploymentConfiguration"].get("deploymentCircuitBreaker") or {}
        for task in self.tasks_of(service):
            if task.deployment != service.primary.id or task.found_healthy or not self.healthy(service, task):
                continue
            task.found_healthy = True
            if breaker.get("resetOnHealthyTask", True):
                service.primary.failures_in_a_row = 0

    def conclude(self, service: ServiceRecord) -> None:
        """Complete the deployment when all it wants runs healthily and nothing old is left; say that all is steady."""
        primary, tasks = service.primary, self.tasks_of(service)
        mine = [one for one in tasks if one.deployment == primary.id and one.alive]
        if not all(self.healthy(service, one) for one in mine) or len(mine) != service.desired:
            return
        left = {one.deployment for one in tasks if one.deployment != primary.id and one.last_status != "STOPPED"}
        if any(one.alive and one.deployment != primary.id for one in tasks):
            return
        service.deployments = [one for one in service.deployments if one is primary or one.id in left]
        if primary.rollout_state == "IN_PROGRESS" and len(service.deployments) == 1:
            primary.rollout_state, primary.updated_at = "COMPLETED", self.now
            primary.rollout_reason = f"ECS deployment {primary.id} completed."
            service.last_completed = replace(primary)
            self.event(service, f"(deployment {primary.id}) deployment completed.")
        if len(service.deployments) == 1 and not service.steady_said:
            service.steady_said = True
            self.event(service, STEADY)

    def healthy(self, service: ServiceRecord, task: Any) -> bool:
        """Whether a task counts as healthy (the scheduler says)."""
        raise NotImplementedError


def threshold(service: ServiceRecord, breaker: dict[str, Any]) -> int:
    """How many failures in a row break the circuit."""
    wanted = breaker.get("thresholdConfiguration") or {}
    if wanted.get("type") == "COUNT":
        return int(wanted["value"])
    if wanted.get("type") == "UNBOUNDED_PERCENT":
        return max(1, math.ceil(service.desired * int(wanted["value"]) / 100))
    percent: int = wanted.get("value", 50)
    return max(3, min(200, math.ceil(service.desired * percent / 100)))
