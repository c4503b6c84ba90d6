"""The whole of Application Auto Scaling for ECS services in one region.

Knows nothing about how ECS starts and stops tasks.
"""

from __future__ import annotations

from dockyard.cloud.autoscaling.state import AutoScalingState
from dockyard.cloud.service import Service, effect


class ApplicationAutoScaling(Service):
    """Application Auto Scaling."""

    name = "application-autoscaling"
    prefix = "autoscaling"
    state_type = AutoScalingState

    @effect
    def alarm_acts(self, policy_arn: str, alarm_name: str) -> None:
        """An alarm asks the policy to act."""
