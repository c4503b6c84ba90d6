"""Targets: register, deregister and drain them, and say how they are.

Knows nothing about who registers them: a person through the API, or ECS through the plain methods.
"""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Any

from dockyard.cloud.elbv2.checks import DRAINING, NOT_REGISTERED, REGISTERING
from dockyard.cloud.elbv2.health import INSTANT, Health
from dockyard.cloud.elbv2.records import invalid
from dockyard.cloud.elbv2.state import Target, TargetGroup, TargetHealth, target_key
from dockyard.cloud.service import Request, Response, effect, operation
from dockyard.errors import AwsError

#: Where an IP target may lie: the private ranges.
#: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
PRIVATE = [ip_network(one) for one in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")]


class Targets(Health):
    """What is registered with a target group, and how it is."""

    def target_group(self, arn: str) -> TargetGroup | None:
        """The target group with this ARN."""
        return self.balancing.groups.get(arn)

    def has_listener(self, arn: str) -> bool:
        """Whether a listener or a rule forwards to this target group."""
        return self.serving(arn) is not None

    def register(self, arn: str, address: str, port: int) -> None:
        """Register a target; one that drains comes back. Raises AwsError TargetGroupNotFound."""
        group = self.group(arn)
        known = group.targets.get(target_key(address, port))
        if known is not None and known.health.state != "draining":
            return
        with self.rerouting():
            target = Target(address, port, REGISTERING)
            group.targets[target.key] = target
            self._attend_to(group, [target])

    def deregister(self, arn: str, address: str, port: int) -> float:
        """Deregister a target, which drains and then disappears; returns the seconds that takes (0: at once).

        Raises AwsError TargetGroupNotFound.
        """
        group = self.group(arn)
        target = group.targets.get(target_key(address, port))
        if target is None:
            return 0.0
        if target.health.state == "draining":
            return max(0.0, target.gone_at - self.now)
        delay = float(group.attributes.get("deregistration_delay.timeout_seconds", 0))
        if target.health.state == "unused" or not delay:
            self._remove(group, target)
            return 0.0
        target.gone_at, target.next_check = self.now + delay, 0.0
        self._become(group, target, DRAINING)
        self.plan(delay, "drained", arn, target.key)
        return delay

    def health(self, arn: str, address: str, port: int) -> TargetHealth | None:
        """How a target is, None when it is not registered."""
        group = self.balancing.groups.get(arn)
        target = group.targets.get(target_key(address, port)) if group else None
        return target.health if target else None

    @effect
    def drained(self, group_arn: str, key: str) -> None:
        """The deregistration delay is over: the target is gone, unless it was registered again."""
        group = self.balancing.groups.get(group_arn)
        target = group.targets.get(key) if group else None
        if group and target and target.health.state == "draining" and target.gone_at <= self.now + INSTANT:
            self._remove(group, target)

    def _remove(self, group: TargetGroup, target: Target) -> None:
        with self.rerouting():
            del group.targets[target.key]
        self.tell_ecs(group, target)

    @operation("RegisterTargets")
    def register_targets(self, request: Request) -> Response:
        """Register addresses, instances or a function."""
        group = self.group(request["TargetGroupArn"])
        for one in request["Targets"]:
            self._validate(group, one)
        for one in request["Targets"]:
            self.register(group.arn, one["Id"], self._port(group, one))
        return {}

    @operation("DeregisterTargets")
    def deregister_targets(self, request: Request) -> Response:
        """Deregister targets; without a port, all with that id. One that is not registered is passed over."""
        group = self.group(request["TargetGroupArn"])
        for one in request["Targets"]:
            ports = [one["Port"]] if "Port" in one else [it.port for it in group.targets.values() if it.id == one["Id"]]
            for port in ports:
                self.deregister(group.arn, one["Id"], port)
        return {}

    @operation("DescribeTargetHealth", settles="targets_settled")
    def describe_target_health(self, request: Request) -> Response:
        """The health of all targets, or of those asked for, registered or not."""
        group = self.group(request["TargetGroupArn"])
        if not request.get("Targets"):
            found = list(group.targets.values())
        else:
            found = [self._asked(group, one["Id"], self._port(group, one)) for one in request["Targets"]]
        return {"TargetHealthDescriptions": [self._described(group, one) for one in found]}

    def targets_settled(self, request: Request) -> bool:
        """Whether none of the targets asked for is initial or draining."""
        group = self.balancing.groups.get(request["TargetGroupArn"])
        if group is None:
            return True
        asked = {target_key(one["Id"], self._port(group, one)) for one in request.get("Targets") or []}
        return not any(
            one.health.state in ("initial", "draining")
            for one in group.targets.values()
            if not asked or one.key in asked
        )

    @staticmethod
    def _port(group: TargetGroup, target: dict[str, Any]) -> int:
        port: int = target.get("Port") or group.port
        return port

    @staticmethod
    def _asked(group: TargetGroup, identifier: str, port: int) -> Target:
        return group.targets.get(target_key(identifier, port)) or Target(identifier, port, NOT_REGISTERED)

    def _described(self, group: TargetGroup, target: Target) -> dict[str, Any]:
        identity: dict[str, Any] = {"Id": target.id}
        if group.target_type != "lambda":
            identity["Port"] = target.port
        interface = self.network.at(target.id)
        if interface is not None:
            identity["AvailabilityZone"] = interface.zone
        health = {"State": target.health.state}
        if target.health.reason:
            health |= {"Reason": target.health.reason, "Description": target.health.description}
        described = {"Target": identity, "TargetHealth": health}
        if group.target_type == "lambda":
            return described
        port = str(target.port) if group.health_port == "traffic-port" else group.health_port
        return {**described, "HealthCheckPort": port}

    def _validate(self, group: TargetGroup, target: dict[str, Any]) -> None:
        identifier = target["Id"]
        if group.target_type == "ip":
            self._validate_address(group, identifier)
        elif group.target_type == "instance" and not identifier.startswith("i-"):
            raise invalid(f"Instance ID '{identifier}' is not valid")
        elif group.target_type == "lambda" and ":lambda:" not in identifier:
            raise invalid(f"The target '{identifier}' is not a valid Lambda function ARN")

    def _validate_address(self, group: TargetGroup, text: str) -> None:
        try:
            address = ip_address(text)
        except ValueError:
            raise invalid(f"The IP address '{text}' is not valid") from None
        interface = self.network.at(text)
        elsewhere = interface is not None and interface.vpc != group.vpc
        if elsewhere or not any(address in block for block in PRIVATE):
            raise AwsError(
                "InvalidTarget",
                f"The IP address '{text}' is not within a VPC subnet of '{group.vpc}' or a private range",
            )
