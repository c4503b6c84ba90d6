"""The whole of Application Auto Scaling for ECS services in one region.

Knows nothing about how ECS starts and stops tasks.
"""

from __future__ import annotations

from dockyard.cloud.autoscaling.scheduled import Scheduled


class ApplicationAutoScaling(Scheduled):
    """Application Auto Scaling: targets, policies, activities, scheduled actions, and `alarm_acts` for CloudWatch."""
