"""Scaling policies: put with their alarms, shown, deleted.

Knows nothing about what happens when an alarm calls one.
https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PutScalingPolicy.html
"""

from __future__ import annotations

from typing import Any

from dockyard.cloud.autoscaling.base import PAGE, invalid, named, not_found, stale_token
from dockyard.cloud.autoscaling.state import Policy, Target
from dockyard.cloud.autoscaling.steps import check_steps
from dockyard.cloud.autoscaling.targets import Targets
from dockyard.cloud.autoscaling.tracking import alarms, metric
from dockyard.cloud.cloudwatch.service import CloudWatch
from dockyard.cloud.pages import page, with_token
from dockyard.cloud.service import Request, Response, operation

STEP, TRACKING = "StepScaling", "TargetTrackingScaling"
CONFIGURATIONS = {STEP: "StepScalingPolicyConfiguration", TRACKING: "TargetTrackingScalingPolicyConfiguration"}


class Policies(Targets):
    """The operations on scaling policies."""

    @operation("PutScalingPolicy")
    def put_scaling_policy(self, request: Request) -> Response:
        """Make or change a policy; a target tracking policy gets new alarms."""
        target, name = self.registered(request), request["PolicyName"]
        policy = target.policies.get(name)
        kind = _kind(request, policy)
        configuration = self._configuration(target, name, kind, request)
        if policy is None:
            arn = self.old_arn(
                f"scalingPolicy:{self.account.identifiers.uuid()}:resource/ecs/{target.resource}:policyName/{name}"
            )
            policy = target.policies[name] = Policy(name, arn, kind, configuration, self.now)
        policy.configuration = configuration
        if kind == TRACKING:
            self._renew_alarms(target, policy)
        return {"PolicyARN": policy.arn, "Alarms": self._alarms(policy)}

    def _configuration(self, target: Target, name: str, kind: str, request: Request) -> dict[str, Any]:
        """The checked configuration. Raises AwsError ValidationException."""
        given: dict[str, Any] | None = request.get(CONFIGURATIONS[kind])
        if given is None:
            raise invalid(f"The policy type {kind} needs a {CONFIGURATIONS[kind]}.")
        if kind == STEP:
            check_steps(given)
            return given
        if given["TargetValue"] <= 0:
            raise invalid("TargetValue must be greater than 0.")
        followed = metric(given, target.service)
        for one in target.policies.values():
            if one.kind == TRACKING and one.name != name and metric(one.configuration, target.service) == followed:
                raise invalid("Only one TargetTrackingScaling policy for a given metric specification is allowed.")
        return given

    def _renew_alarms(self, target: Target, policy: Policy) -> None:
        watch = self.peer(CloudWatch)
        watch.delete_alarms({"AlarmNames": policy.alarms})
        identifiers = self.account.identifiers
        requests = alarms(target, policy, identifiers.uuid(), identifiers.uuid())
        for request in requests:
            watch.put_metric_alarm(request)
        policy.alarms = [one["AlarmName"] for one in requests]

    def _alarms(self, policy: Policy) -> list[Response]:
        """The alarms that call a policy: those made for it, or a learner's own."""
        found = self.peer(CloudWatch).describe_alarms({"ActionPrefix": policy.arn, "MaxRecords": 100})["MetricAlarms"]
        return [{"AlarmName": one["AlarmName"], "AlarmARN": one["AlarmArn"]} for one in found]

    @operation("DescribeScalingPolicies")
    def describe_scaling_policies(self, request: Request) -> Response:
        """The policies by resource and name, in pages of 50 unless told."""
        resource, names = request.get("ResourceId"), request.get("PolicyNames")
        found = [
            (target, policy)
            for key, target in sorted(self.kept.targets.items())
            for name, policy in sorted(target.policies.items())
            if request["ServiceNamespace"] == "ecs" and resource in (None, key) and (not names or name in names)
        ]
        part, rest = page(found, request.get("NextToken"), request.get("MaxResults", PAGE), stale_token())
        return with_token({"ScalingPolicies": [self._shape(*one) for one in part]}, "NextToken", rest)

    def _shape(self, target: Target, policy: Policy) -> Response:
        return {
            "PolicyARN": policy.arn,
            "PolicyName": policy.name,
            **named(target.resource),
            "PolicyType": policy.kind,
            CONFIGURATIONS[policy.kind]: policy.configuration,
            "Alarms": self._alarms(policy),
            "CreationTime": policy.created_at,
        }

    @operation("DeleteScalingPolicy")
    def delete_scaling_policy(self, request: Request) -> Response:
        """Delete a policy and the alarms made for it; a learner's own alarms stay and call nobody."""
        resource, name = self.resource(request), request["PolicyName"]
        target = self.kept.targets.get(resource)
        if target is None or name not in target.policies:
            raise not_found("scaling policy found", resource, f", policy name: {name}")
        self._drop(target.policies.pop(name))
        return {}

    @operation("DeregisterScalableTarget")
    def deregister_scalable_target(self, request: Request) -> Response:
        """Forget a target with its policies, their alarms and its scheduled actions."""
        for policy in self.forget(request).policies.values():
            self._drop(policy)
        return {}

    def _drop(self, policy: Policy) -> None:
        self.peer(CloudWatch).delete_alarms({"AlarmNames": policy.alarms})


def _kind(request: Request, policy: Policy | None) -> str:
    """The policy's type. Raises AwsError ValidationException."""
    kind: str = request.get("PolicyType") or (policy.kind if policy else "")
    if not kind:
        raise invalid("PolicyType is required when a scaling policy is created.")
    if kind not in CONFIGURATIONS:
        raise invalid(f"Dockyard does not simulate the policy type {kind} yet: use {STEP} or {TRACKING}.")
    if policy is not None and policy.kind != kind:
        raise invalid("The policy type of a scaling policy cannot be changed.")
    return kind
