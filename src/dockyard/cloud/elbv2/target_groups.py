"""Target groups: how targets are reached and how their health is checked.

Knows nothing about the targets in them.
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
"""

from __future__ import annotations

import re
from typing import Any

from dockyard.cloud.elbv2 import attributes
from dockyard.cloud.elbv2.health import Health
from dockyard.cloud.elbv2.naming import check_name, tags_of
from dockyard.cloud.elbv2.records import groups_of, invalid, paged
from dockyard.cloud.elbv2.state import TargetGroup
from dockyard.cloud.service import Request, Response, operation
from dockyard.errors import AwsError

#: Members of the request that a target group keeps as they are.
KEPT = {
    "ProtocolVersion": "protocol_version",
    "IpAddressType": "address_type",
    "HealthCheckEnabled": "health_enabled",
    "HealthCheckProtocol": "health_protocol",
    "HealthCheckPort": "health_port",
    "HealthCheckPath": "health_path",
    "HealthCheckIntervalSeconds": "health_interval",
    "HealthCheckTimeoutSeconds": "health_timeout",
    "HealthyThresholdCount": "healthy_threshold",
    "UnhealthyThresholdCount": "unhealthy_threshold",
}
#: A target group of a function: its defaults differ, and its health is not checked unless asked.
LAMBDA_DEFAULTS = {
    "HealthCheckEnabled": False,
    "HealthCheckIntervalSeconds": 35,
    "HealthCheckTimeoutSeconds": 30,
    "UnhealthyThresholdCount": 2,
}
#: lowest and highest value
RANGES = {
    "HealthCheckIntervalSeconds": (5, 300),
    "HealthCheckTimeoutSeconds": (2, 120),
    "HealthyThresholdCount": (2, 10),
    "UnhealthyThresholdCount": (2, 10),
}
CODES = re.compile(r"\d{3}(-\d{3})?(,\d{3}(-\d{3})?)*")


class TargetGroups(Health):
    """The operations on target groups."""

    @operation("CreateTargetGroup")
    def create_target_group(self, request: Request) -> Response:
        """Create a target group; the same one again answers the one there is."""
        name = request["Name"]
        check_name("Target group", name)
        group = self._drafted(request)
        known = next((one for one in self.balancing.groups.values() if one.name == name), None)
        if known is not None:
            if _settings(known) != _settings(group):
                raise AwsError(
                    "DuplicateTargetGroupName",
                    f"A target group with the same name '{name}' exists, but with different settings",
                )
            return {"TargetGroups": [self._described_group(known)]}
        group.arn = self.arn(f"targetgroup/{name}/{self.account.identifiers.hex(16)}")
        self.balancing.groups[group.arn] = group
        return {"TargetGroups": [self._described_group(group)]}

    @operation("DescribeTargetGroups")
    def describe_target_groups(self, request: Request) -> Response:
        """All target groups, or those asked for by ARN, name or load balancer."""
        found = list(self.balancing.groups.values())
        if "TargetGroupArns" in request:
            found = [self.group(arn) for arn in request["TargetGroupArns"]]
        elif "Names" in request:
            found = [one for one in found if one.name in request["Names"]]
            if len(found) < len(set(request["Names"])):
                raise AwsError("TargetGroupNotFound", "One or more target groups not found")
        elif "LoadBalancerArn" in request:
            balancer = self.balancer(request["LoadBalancerArn"])
            found = [one for one in found if self.serving(one.arn) is balancer]
        return paged([self._described_group(one) for one in found], request, "TargetGroups")

    @operation("ModifyTargetGroup")
    def modify_target_group(self, request: Request) -> Response:
        """Change how health is checked."""
        group = self.group(request["TargetGroupArn"])
        _keep_health(group.target_type, request)
        _validate(group.protocol, request, group.health_interval, group.health_timeout)
        _set_health(group, request)
        self.reconsider()
        return {"TargetGroups": [self._described_group(group)]}

    @operation("DeleteTargetGroup")
    def delete_target_group(self, request: Request) -> Response:
        """Delete a target group that no listener uses; one that is not there is no error."""
        arn = request["TargetGroupArn"]
        if self.serving(arn) is not None:
            raise AwsError("ResourceInUse", f"Target group '{arn}' is currently in use by a listener or a rule")
        self.balancing.groups.pop(arn, None)
        return {}

    @operation("DescribeTargetGroupAttributes")
    def describe_target_group_attributes(self, request: Request) -> Response:
        """The attributes: deregistration delay, slow start, stickiness."""
        return attributes.listed(self.group(request["TargetGroupArn"]).attributes)

    @operation("ModifyTargetGroupAttributes")
    def modify_target_group_attributes(self, request: Request) -> Response:
        """Change attributes."""
        group = self.group(request["TargetGroupArn"])
        attributes.change(group.attributes, request["Attributes"], "Target group")
        return attributes.listed(group.attributes)

    def _drafted(self, request: Request) -> TargetGroup:
        """The target group a request describes, without an ARN. Raises AwsError."""
        kind = request.get("TargetType", "instance")
        if kind == "alb":
            raise invalid("Dockyard simulates target groups of the types ip, instance and lambda.")
        if kind == "lambda":
            request = {**LAMBDA_DEFAULTS, **request}
            self._refuse_network(request)
        else:
            self._require_network(request)
        protocol = request.get("Protocol", "")
        group = TargetGroup("", request["Name"], kind, protocol, request.get("Port", 0), request.get("VpcId", ""))
        _validate(protocol, request, group.health_interval, group.health_timeout)
        _set_health(group, request)
        group.attributes = dict(attributes.LAMBDA_GROUP if kind == "lambda" else attributes.GROUP)
        group.tags = tags_of(request)
        return group

    def _require_network(self, request: Request) -> None:
        for member, what in (("Protocol", "protocol"), ("Port", "port"), ("VpcId", "VPC ID")):
            if not request.get(member):
                raise invalid(f"A {what} must be specified")
        _keep_health(request.get("TargetType", "instance"), request)
        if self.neighbours.default_security_group(self.region, request["VpcId"]) is None:
            raise invalid(f"The VPC ID '{request['VpcId']}' is not found")

    @staticmethod
    def _refuse_network(request: Request) -> None:
        for member, what in (("Protocol", "Protocol"), ("Port", "Port"), ("VpcId", "VPC ID")):
            if member in request:
                raise invalid(f"{what} cannot be specified for target groups with target type 'lambda'")

    def _described_group(self, group: TargetGroup) -> dict[str, Any]:
        balancers = {
            listener.load_balancer
            for listener, actions in self.all_actions()
            if any(arn == group.arn for arn, _ in groups_of(actions))
        }
        described: dict[str, Any] = {
            "TargetGroupArn": group.arn,
            "TargetGroupName": group.name,
            "TargetType": group.target_type,
            "LoadBalancerArns": sorted(balancers),
            "Matcher": {"HttpCode": group.health_codes},
            **{member: getattr(group, name) for member, name in KEPT.items()},
        }
        if group.target_type != "lambda":
            return described | {"Protocol": group.protocol, "Port": group.port, "VpcId": group.vpc}
        for member in ("ProtocolVersion", "HealthCheckProtocol", "HealthCheckPort"):
            del described[member]
        return described


def _keep_health(kind: str, request: Request) -> None:
    """https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyTargetGroup.html"""
    if kind != "lambda" and request.get("HealthCheckEnabled") is False:
        raise invalid(f"Health check enabled must be true for target groups with target type '{kind}'")


def _settings(group: TargetGroup) -> tuple[Any, ...]:
    network = (group.target_type, group.protocol, group.port, group.vpc, group.health_codes)
    return (*network, *(getattr(group, name) for name in KEPT.values()))


def _set_health(group: TargetGroup, request: Request) -> None:
    for member, name in KEPT.items():
        if member in request:
            setattr(group, name, request[member])
    group.health_codes = (request.get("Matcher") or {}).get("HttpCode") or group.health_codes


def _validate(protocol: str, request: Request, interval: int, timeout: int) -> None:
    """Refuse a health check that AWS refuses."""
    for member, (low, high) in RANGES.items():
        value = request.get(member, low)
        if not low <= value <= high:
            name = member[0].lower() + member[1:]
            raise invalid(
                f"1 validation error detected: Value '{value}' at '{name}' failed to satisfy constraint: "
                f"Member must have value between {low} and {high}"
            )
    both_told = "HealthCheckIntervalSeconds" in request and "HealthCheckTimeoutSeconds" in request
    interval = request.get("HealthCheckIntervalSeconds", interval)
    timeout = request.get("HealthCheckTimeoutSeconds", timeout)
    if timeout > interval or (timeout == interval and both_told):  # AWS takes its own default 5 beside an interval of 5
        raise invalid(f"Health check timeout '{timeout}' must be smaller than the interval '{interval}'")
    _validate_request(protocol, request)


def _validate_request(protocol: str, request: Request) -> None:
    codes = (request.get("Matcher") or {}).get("HttpCode", "200")
    numbers = [int(one) for one in re.findall(r"\d{3}", codes)]
    if not CODES.fullmatch(codes) or not all(200 <= one <= 499 for one in numbers):
        raise invalid(f"Health check matcher HTTP code '{codes}' must be within '200-499' inclusive")
    if not request.get("HealthCheckPath", "/").startswith("/"):
        raise invalid(f"Health check path '{request['HealthCheckPath']}' must begin with a '/' character")
    port = request.get("HealthCheckPort", "traffic-port")
    if port != "traffic-port" and not (port.isdecimal() and 1 <= int(port) <= 65535):
        raise invalid(f"Health check port '{port}' must be either 'traffic-port' or in the range '1-65535' inclusive")
    check = request.get("HealthCheckProtocol", "HTTP")
    if protocol in ("HTTP", "HTTPS") and check not in ("HTTP", "HTTPS"):
        raise invalid(f"Health check protocol '{check}' is not supported for protocol '{protocol}'")
