"""What happens when an alarm calls a policy: a capacity is computed, held against cooldowns and bounds, and set.

Knows nothing about how ECS gets there.
https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html#step-scaling-cooldown
"""

from __future__ import annotations

from dockyard.cloud.autoscaling.policies import STEP, TRACKING, Policies
from dockyard.cloud.autoscaling.state import Cooldown, Policy, Target
from dockyard.cloud.autoscaling.steps import adjusted, adjustment
from dockyard.cloud.autoscaling.tracking import gradual, proportional
from dockyard.cloud.cloudwatch.service import CloudWatch
from dockyard.cloud.service import effect

COOLDOWN = 300


class Scaling(Policies):
    """Policies at work."""

    @effect
    def alarm_acts(self, policy_arn: str, alarm_name: str) -> None:
        """An alarm in state ALARM calls a policy: at the change of its state and once a minute while it lasts."""
        for target in self.kept.targets.values():
            for policy in target.policies.values():
                if policy.arn == policy_arn:
                    self._act(target, policy, alarm_name)
                    return

    def _act(self, target: Target, policy: Policy, alarm_name: str) -> None:
        current = self.ecs.desired_count(*target.service)
        if current is None:
            return
        cause = f"monitor alarm {alarm_name} in state ALARM triggered policy {policy.name}"
        if policy.kind == STEP:
            self._step(target, policy, alarm_name, current, cause)
        elif "-AlarmHigh-" in alarm_name:
            self._track_out(target, policy, alarm_name, current, cause)
        else:
            self._track_in(target, policy, current, cause)

    def _step(self, target: Target, policy: Policy, alarm_name: str, current: int, cause: str) -> None:
        configuration = policy.configuration
        reading = self.peer(CloudWatch).reading(alarm_name, configuration.get("MetricAggregationType", ""))
        # an alarm that missing data (or a hand) raised says nothing about how far: just beyond the threshold
        difference = reading.value - reading.threshold if reading else 0.0
        below = reading.operator.startswith("Less") if reading else False
        amount = adjustment(configuration["StepAdjustments"], difference, below)
        if amount is None:
            return
        exact = configuration["AdjustmentType"] == "ExactCapacity"
        seconds = configuration.get("Cooldown", COOLDOWN)
        if amount > current if exact else amount > 0:
            wish = adjusted(configuration, amount, self._base(target, current))
            self._scale_out(target, current, wish, seconds, cause)
        else:
            self._scale_in(
                target, current, adjusted(configuration, amount, min(current, target.maximum)), seconds, cause
            )

    def _track_out(self, target: Target, policy: Policy, alarm_name: str, current: int, cause: str) -> None:
        reading = self.peer(CloudWatch).reading(alarm_name)
        if reading is None:
            return
        configuration = policy.configuration
        wish = proportional(self._base(target, current), reading.value, configuration["TargetValue"])
        self._scale_out(target, current, wish, configuration.get("ScaleOutCooldown", COOLDOWN), cause)

    def _track_in(self, target: Target, policy: Policy, current: int, cause: str) -> None:
        """Scale in, if every target tracking policy that may scale in wants to; the largest wish wins."""
        watch, wishes = self.peer(CloudWatch), []
        for one in target.policies.values():
            if one.kind != TRACKING or one.configuration.get("DisableScaleIn", False):
                continue
            low = next(name for name in one.alarms if "-AlarmLow-" in name)
            reading = watch.reading(low)
            if reading is None or watch.alarm(low).state != "ALARM":
                return
            wishes.append(proportional(current, reading.value, one.configuration["TargetValue"]))
        seconds = policy.configuration.get("ScaleInCooldown", COOLDOWN)
        self._scale_in(target, current, gradual(current, max(wishes)), seconds, cause)

    def _base(self, target: Target, current: int) -> int:
        """The capacity that a scale-out adds to.

        During the cooldown after a scale-out it is the capacity before that one, so that only a larger one adds more,
        and only the difference. What another policy did at this very moment does not count either.
        """
        if target.out is not None and target.out.lasts(self.now):
            return target.out.base
        return max(target.minimum, target.before if target.changed_at == self.now else current)

    def _scale_out(self, target: Target, current: int, wish: int, seconds: float, cause: str) -> None:
        if target.suspended["DynamicScalingOutSuspended"]:
            return
        if current >= target.maximum:
            self.not_scaled(target, cause, "AlreadyAtMaxCapacity", MaxCapacity=target.maximum)
            return
        desired = min(wish, target.maximum)
        if desired <= current:
            self.not_scaled(target, cause, "AlreadyAtDesiredCapacity", CurrentCapacity=current)
            return
        base = self._base(target, current)
        activity = self.resize(target, desired, cause)
        target.out, target.into = Cooldown(activity.id, seconds, base), None

    def _scale_in(self, target: Target, current: int, wish: int, seconds: float, cause: str) -> None:
        if target.suspended["DynamicScalingInSuspended"] or (target.into is not None and target.into.lasts(self.now)):
            return
        if current <= target.minimum:
            self.not_scaled(target, cause, "AlreadyAtMinCapacity", MinCapacity=target.minimum)
            return
        desired = max(wish, target.minimum)
        if desired >= current:
            self.not_scaled(target, cause, "AlreadyAtDesiredCapacity", CurrentCapacity=current)
            return
        if self.ecs.deploying(*target.service):
            # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html
            self.not_scaled(target, cause, "TargetServicePutResourceAsUnscalable")
            return
        activity = self.resize(target, desired, cause)
        target.into, target.out = Cooldown(activity.id, seconds, current), None
