"""Application Auto Scaling's records: scalable targets with their policies and scheduled actions, and activities.

Knows nothing about the rules of scaling.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Cooldown:
    """The time after an activity: it began from `base`; `ends` is None as long as the activity is in progress."""

    activity: str
    seconds: float
    base: int
    ends: float | None = None

    def lasts(self, now: float) -> bool:
        """Whether it still holds."""
        return self.ends is None or self.ends > now


@dataclass(slots=True)
class Policy:
    """A scaling policy: its kind (StepScaling, TargetTrackingScaling), configuration and the alarms made for it."""

    name: str
    arn: str
    kind: str
    configuration: dict[str, Any]
    created_at: float
    alarms: list[str] = field(default_factory=list)


@dataclass(slots=True)
class ScheduledAction:
    """New bounds at certain times; `number` tells a put from the ones before it."""

    name: str
    arn: str
    schedule: str
    bounds: dict[str, int]
    created_at: float
    number: int
    start: float | None = None
    end: float | None = None


@dataclass(slots=True)
class Target:
    """An ECS service between `minimum` and `maximum` tasks; `out` and `into` are the cooldowns of either direction."""

    resource: str
    arn: str
    minimum: int
    maximum: int
    role: str
    created_at: float
    suspended: dict[str, bool]
    tags: dict[str, str] = field(default_factory=dict)
    policies: dict[str, Policy] = field(default_factory=dict)
    scheduled: dict[str, ScheduledAction] = field(default_factory=dict)
    out: Cooldown | None = None
    into: Cooldown | None = None
    #: when the desired count was changed last, and what it was before that moment
    changed_at: float = 0.0
    before: int = 0

    @property
    def service(self) -> tuple[str, str]:
        """The names of the cluster and the service."""
        _, cluster, service = self.resource.split("/")
        return cluster, service


@dataclass(slots=True)
class Activity:
    """What a policy, a schedule or new bounds did or did not do; `reasons` say why it did not scale."""

    id: str
    resource: str
    description: str
    cause: str
    started: float
    status: str
    message: str = ""
    ended: float | None = None
    desired: int | None = None
    reasons: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class AutoScalingState:
    """The records of one region: targets by resource id, activities oldest first."""

    targets: dict[str, Target] = field(default_factory=dict)
    activities: list[Activity] = field(default_factory=list)
    numbered: int = 0
