"""Scalable targets: an ECS service registered with its bounds, shown, tagged, deregistered.

Knows nothing about what policies compute.
https://docs.aws.amazon.com/autoscaling/application/APIReference/API_RegisterScalableTarget.html
"""

from __future__ import annotations

from dockyard.cloud.autoscaling.activities import Activities
from dockyard.cloud.autoscaling.base import PAGE, invalid, named, not_found, stale_token
from dockyard.cloud.autoscaling.state import Target
from dockyard.cloud.pages import page, with_token
from dockyard.cloud.service import Request, Response, operation
from dockyard.errors import AwsError

ROLE = (
    "role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService"
)
SUSPENDABLE = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")


class Targets(Activities):
    """The operations on scalable targets."""

    @operation("RegisterScalableTarget")
    def register_scalable_target(self, request: Request) -> Response:
        """Register a service or change what is given; its desired count moves into the bounds."""
        resource = self.resource(request)
        target = self.kept.targets.get(resource)
        minimum, maximum = _bounds(request, target)
        _, cluster, service = resource.split("/")
        if self.ecs.desired_count(cluster, service) is None:
            raise invalid(f"ECS service doesn't exist: {resource}")
        if target is None:
            target = self.kept.targets[resource] = self._target(resource, minimum, maximum)
        target.role = request.get("RoleARN", target.role)
        target.suspended.update(request.get("SuspendedState", {}))
        target.tags.update(request.get("Tags", {}))
        self.bound(target, minimum, maximum)
        return {"ScalableTargetARN": target.arn}

    def _target(self, resource: str, minimum: int, maximum: int) -> Target:
        arn = self.arn(f"scalable-target/{self.account.identifiers.hex(32)}")
        role = f"arn:aws:iam::{self.account.id}:{ROLE}"
        return Target(resource, arn, minimum, maximum, role, self.now, dict.fromkeys(SUSPENDABLE, False))

    def bound(self, target: Target, minimum: int, maximum: int) -> None:
        """Give a target its bounds and move the desired count into them."""
        target.minimum, target.maximum = minimum, maximum
        desired = self.ecs.desired_count(*target.service)
        if desired is None:
            return
        if desired < minimum:
            self.resize(target, minimum, f"minimum capacity was set to {minimum}")
        elif desired > maximum:
            self.resize(target, maximum, f"maximum capacity was set to {maximum}")

    @operation("DescribeScalableTargets")
    def describe_scalable_targets(self, request: Request) -> Response:
        """The targets by resource id, in pages of 50 unless told."""
        wanted = request.get("ResourceIds")
        found = [
            one
            for key, one in sorted(self.kept.targets.items())
            if request["ServiceNamespace"] == "ecs" and (not wanted or key in wanted)
        ]
        part, rest = page(found, request.get("NextToken"), request.get("MaxResults", PAGE), stale_token())
        return with_token({"ScalableTargets": [_shape(one) for one in part]}, "NextToken", rest)

    def tagged(self, request: Request) -> dict[str, str]:
        """The tags of the target that a request names by its ARN."""
        for target in self.kept.targets.values():
            if target.arn == request["ResourceARN"]:
                return target.tags
        raise AwsError("ResourceNotFoundException", f"Resource {request['ResourceARN']} does not exist.")

    @operation("TagResource")
    def tag_resource(self, request: Request) -> Response:
        """Tag a target by its ARN."""
        self.tagged(request).update(request["Tags"])
        return {}

    @operation("UntagResource")
    def untag_resource(self, request: Request) -> Response:
        """Take tags away from a target by its ARN."""
        tags = self.tagged(request)
        for key in request["TagKeys"]:
            tags.pop(key, None)
        return {}

    @operation("ListTagsForResource")
    def list_tags_for_resource(self, request: Request) -> Response:
        """The tags of a target by its ARN."""
        return {"Tags": dict(self.tagged(request))}

    def forget(self, request: Request) -> Target:
        """Take the target that a request names out of the records. Raises AwsError ObjectNotFoundException."""
        resource = self.resource(request)
        if resource not in self.kept.targets:
            raise not_found("scalable target found", resource)
        return self.kept.targets.pop(resource)


def _bounds(request: Request, target: Target | None) -> tuple[int, int]:
    """The bounds that a request leaves a target with. Raises AwsError ValidationException."""
    minimum = request.get("MinCapacity", target.minimum if target else None)
    maximum = request.get("MaxCapacity", target.maximum if target else None)
    if minimum is None or maximum is None:
        raise invalid("MinCapacity and MaxCapacity must be specified when a new scalable target is registered")
    if minimum < 0:
        raise invalid("Minimum capacity cannot be less than 0")
    if maximum < minimum:
        raise invalid("Maximum capacity cannot be less than minimum capacity")
    return minimum, maximum


def _shape(target: Target) -> Response:
    return {
        **named(target.resource),
        "MinCapacity": target.minimum,
        "MaxCapacity": target.maximum,
        "RoleARN": target.role,
        "CreationTime": target.created_at,
        "SuspendedState": dict(target.suspended),
        "ScalableTargetARN": target.arn,
    }
