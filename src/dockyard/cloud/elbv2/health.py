"""Health of targets: rounds of checks on the agenda, but only while something may change.

Knows nothing about what a check looks at. A target whose health could not change sleeps; it is woken when something
near it changed, and then checked at the moment at which AWS, which never sleeps, would have checked it.
"""

from __future__ import annotations

from dockyard.cloud.elbv2.checks import CHECKING, DISABLED, HEALTHY, REGISTERING, check, why_unused
from dockyard.cloud.elbv2.metering import Metering
from dockyard.cloud.elbv2.state import LoadBalancer, Target, TargetGroup, TargetHealth
from dockyard.cloud.service import effect

#: Seconds from registration (or from its load balancer becoming active) to a target's first check: our model.
FIRST_CHECK = 5.0
#: Floating moments nearer than this are the same.
INSTANT = 0.001


class Health(Metering):
    """Who is checked when, and what follows from it."""

    def look_again(self, address: str) -> None:
        """Something appeared, vanished or changed at this address: check its targets soon, route traffic anew."""
        with self.rerouting():
            for group in self.balancing.groups.values():
                self._attend_to(group, [one for one in group.targets.values() if one.id == address])

    def each_change(self) -> None:
        """A security group, a route or a subnet may have changed: look at every target again."""
        self.reconsider()

    def reconsider(self) -> None:
        """Decide anew which targets are in use, and wake all that are."""
        with self.rerouting():
            for group in self.balancing.groups.values():
                self._attend_to(group, list(group.targets.values()))

    @effect
    def check_targets(self, group_arn: str) -> None:
        """A round of health checks: every target whose moment has come."""
        group = self.balancing.groups.get(group_arn)
        if group is None or abs(group.round_due - self.now) > INSTANT:
            return  # an earlier round took its place
        group.round_due = 0.0
        balancer = self.serving(group_arn)
        if balancer is None:
            return  # nothing forwards to the group any more: its targets are unused
        for target in list(group.targets.values()):
            if target.next_check and target.next_check <= self.now + INSTANT:
                self._check(group, target, balancer)
        self._plan_round(group)

    def _attend_to(self, group: TargetGroup, targets: list[Target]) -> None:
        if not targets:
            return
        balancer = self.serving(group.arn)
        for target in targets:
            if target.health.state != "draining":
                self._attend(group, target, balancer)
        self._plan_round(group)

    def _attend(self, group: TargetGroup, target: Target, balancer: LoadBalancer | None) -> None:
        if target.health.state != "healthy" or not target.failed:
            target.cause = self.account.causes.current
        unused = why_unused(self, balancer, target)
        if unused is not None or not group.health_enabled:
            target.next_check = 0.0
            self._become(group, target, unused or DISABLED)
            return
        if target.health.state in ("unused", "unavailable"):
            target.passed = target.failed = 0
            target.checked_at = 0.0
            self._become(group, target, REGISTERING)
        if balancer is not None and balancer.active and not target.next_check:
            target.next_check = self._next_moment(group, target)

    def _next_moment(self, group: TargetGroup, target: Target) -> float:
        if not target.checked_at:
            return self.now + FIRST_CHECK
        rounds = (self.now - target.checked_at) // group.health_interval + 1
        return target.checked_at + rounds * group.health_interval

    def _plan_round(self, group: TargetGroup) -> None:
        """Put the group's next round on the agenda; one already there that is not later will do."""
        due = min((one.next_check for one in group.targets.values() if one.next_check), default=0.0)
        if not due or (group.round_due and group.round_due <= due + INSTANT):
            return
        group.round_due = due
        self.plan(max(0.0, due - self.now), "check_targets", group.arn)

    def _check(self, group: TargetGroup, target: Target, balancer: LoadBalancer) -> None:
        self.account.causes.current = target.cause
        found = check(self, balancer, group, target)
        target.checked_at = self.now
        settled = self._passed(group, target) if found is HEALTHY else self._failed(group, target, found)
        target.next_check = 0.0 if settled else self.now + group.health_interval

    def _passed(self, group: TargetGroup, target: Target) -> bool:
        target.passed, target.failed = target.passed + 1, 0
        needed = 1 if target.health.state == "initial" else group.healthy_threshold
        if target.health.state != "healthy" and target.passed >= needed:
            self._become(group, target, HEALTHY)
        return target.health.state == "healthy"

    def _failed(self, group: TargetGroup, target: Target, found: TargetHealth) -> bool:
        target.passed, target.failed = 0, target.failed + 1
        if target.health.state == "unhealthy" or target.failed >= group.unhealthy_threshold:
            self._become(group, target, found)
        elif target.health.state == "initial":
            self._become(group, target, CHECKING)
        return target.health.state == "unhealthy"

    def _become(self, group: TargetGroup, target: Target, health: TargetHealth) -> None:
        """Give a target its health. A change of state is a cause, and ECS hears of it."""
        if health.state == target.health.state:
            target.health = health
            return
        causes = self.account.causes
        before = causes.current
        with self.rerouting():
            target.health = health
        because = f": {health.description}" if health.description else ""
        self.note(f"target {target.key} became {health.state} in (target-group {group.arn}){because}")
        self.tell_ecs(group, target)
        causes.current = before

    def tell_ecs(self, group: TargetGroup, target: Target) -> None:
        """Let ECS know, if the region has any, that a target's health changed (or that it is gone)."""
        if "ecs" in self.account.regions[self.region]:
            self.plan(0, "target_changed", group.arn, target.id, target.port, service="ecs")
