"""What every part of Application Auto Scaling starts from: its records, what it asks of ECS, and who a request means.

Knows nothing about policies.
"""

from __future__ import annotations

import re
from typing import Protocol, cast

from dockyard.cloud.autoscaling.state import AutoScalingState, Target
from dockyard.cloud.service import Request, Response, Service
from dockyard.errors import AwsError

DIMENSION = "ecs:service:DesiredCount"
RESOURCE = re.compile(r"service/[\w-]+/[\w-]+")
PAGE = 50


class Scalable(Protocol):
    """What scaling asks of ECS."""

    def desired_count(self, cluster: str, service: str) -> int | None:
        """The service's desired count, None when there is no such service."""

    def scale(self, cluster: str, service: str, desired: int, why: str) -> None:
        """Set the desired count."""

    def running_count(self, cluster: str, service: str) -> int:
        """How many of its tasks run."""

    def deploying(self, cluster: str, service: str) -> bool:
        """Whether a deployment is in progress."""


def invalid(message: str) -> AwsError:
    """Application Auto Scaling's ValidationException."""
    return AwsError("ValidationException", message)


def stale_token() -> AwsError:
    """Application Auto Scaling's InvalidNextTokenException."""
    return AwsError("InvalidNextTokenException", "The specified NextToken is invalid.")


def not_found(what: str, resource: str, more: str = "") -> AwsError:
    """Application Auto Scaling's ObjectNotFoundException: No `scalable target registered`, `scaling policy found`, …"""
    return AwsError(
        "ObjectNotFoundException",
        f"No {what} for service namespace: ecs, resource ID: {resource}, scalable dimension: {DIMENSION}{more}",
    )


def named(resource: str) -> Response:
    """The three members by which the API names a resource."""
    return {"ServiceNamespace": "ecs", "ResourceId": resource, "ScalableDimension": DIMENSION}


class AutoScalingRecords(Service):
    """Application Auto Scaling's records in one region."""

    name = "application-autoscaling"
    prefix = "application-autoscaling"
    state_type = AutoScalingState

    @property
    def kept(self) -> AutoScalingState:
        """The records of this region."""
        records: AutoScalingState = self.records
        return records

    @property
    def ecs(self) -> Scalable:
        """ECS in this region (looked up by name: ECS's module knows CloudWatch, which would close a circle)."""
        return cast(Scalable, self.simulation.service(self.simulation.kinds["ecs"], self.region))

    def resource(self, request: Request) -> str:
        """The resource id that a request names. Raises AwsError ValidationException unless it is an ECS service."""
        resource: str = request["ResourceId"]
        if (
            request["ServiceNamespace"] != "ecs"
            or request["ScalableDimension"] != DIMENSION
            or not RESOURCE.fullmatch(resource)
        ):
            raise invalid("Unsupported service namespace, resource type or scalable dimension")
        return resource

    def registered(self, request: Request) -> Target:
        """The target that a request names. Raises AwsError ObjectNotFoundException."""
        resource = self.resource(request)
        target = self.kept.targets.get(resource)
        if target is None:
            raise not_found("scalable target registered", resource)
        return target

    def old_arn(self, resource: str) -> str:
        """The ARN of a policy or a scheduled action: it begins as EC2 Auto Scaling's do."""
        return f"arn:aws:autoscaling:{self.region}:{self.account.id}:{resource}"
