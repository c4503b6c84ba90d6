"""Actions of listeners and rules: forward, redirect, fixed response; how AWS completes them and which it refuses.

Knows nothing about who gets the traffic.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-action-types.html
"""

from __future__ import annotations

import re

from dockyard.cloud.elbv2.records import BalancingRecords, groups_of, invalid
from dockyard.cloud.elbv2.state import LoadBalancer, Shape
from dockyard.errors import AwsError

CONTENT_TYPES = ("text/plain", "text/css", "text/html", "application/javascript", "application/json")
#: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
MOST_GROUPS = 5
#: What a redirect keeps unless told; one that keeps all of it is a loop.
KEEPS = {
    "Protocol": "#{protocol}",
    "Port": "#{port}",
    "Host": "#{host}",
    "Path": "/#{path}",
    "Query": "#{query}",
}


def completed(records: BalancingRecords, balancer: LoadBalancer, actions: list[Shape]) -> list[Shape]:
    """The actions as AWS keeps them. Raises AwsError as AWS refuses them, for actions of this load balancer."""
    if not actions:
        raise invalid("Actions cannot be empty")
    if len(actions) > 1:
        raise AwsError(
            "InvalidLoadBalancerAction", "Dockyard simulates one action: forward, redirect or fixed-response."
        )
    done = [_completed(action) for action in actions]
    for arn, _ in groups_of(done):
        _check_group(records, balancer, arn)
    return done


def _completed(action: Shape) -> Shape:
    kind = action["Type"]
    if kind == "forward":
        return _forward(action)
    if kind == "fixed-response":
        _check_response(action.get("FixedResponseConfig") or {})
        return action
    if kind == "redirect":
        return {**action, "RedirectConfig": _redirect(action.get("RedirectConfig") or {})}
    raise AwsError(
        "InvalidLoadBalancerAction",
        f"Dockyard simulates the actions forward, redirect and fixed-response, and not {kind}.",
    )


def _forward(action: Shape) -> Shape:
    """A forward names its groups twice: the only one in TargetGroupArn, all of them, weighted, in ForwardConfig."""
    given = action.get("ForwardConfig") or {}
    groups = given.get("TargetGroups") or [{"TargetGroupArn": action.get("TargetGroupArn")}]
    if not groups[0].get("TargetGroupArn"):
        raise invalid("A target group ARN must be specified")
    if len({one["TargetGroupArn"] for one in groups}) < len(groups):
        raise AwsError("InvalidLoadBalancerAction", "A target group can be specified only once in a forward action")
    weighted = [{"TargetGroupArn": one["TargetGroupArn"], "Weight": one.get("Weight", 1)} for one in groups]
    if len(weighted) > MOST_GROUPS:
        raise AwsError("TooManyTargetGroups", "You have reached the maximum number of target groups per action")
    if not all(0 <= one["Weight"] <= 999 for one in weighted):
        raise invalid("The weight of a target group must be between 0 and 999")
    sticky = given.get("TargetGroupStickinessConfig") or {"Enabled": False}
    config = {"TargetGroups": weighted, "TargetGroupStickinessConfig": sticky}
    only = {"TargetGroupArn": groups[0]["TargetGroupArn"]} if len(groups) == 1 else {}
    return {**action, **only, "ForwardConfig": config}


def _check_response(response: Shape) -> None:
    code = response.get("StatusCode", "")
    if not re.fullmatch(r"[245]\d\d", code):
        raise invalid(
            f"1 validation error detected: Value '{code}' at 'actions.1.member.fixedResponseConfig.statusCode' failed "
            r"to satisfy constraint: Member must satisfy regular expression pattern: ^(2|4|5)\d\d$"
        )
    if len(response.get("MessageBody", "")) > 1024:
        raise invalid("The message body of a fixed-response action cannot be longer than 1024 characters")
    if response.get("ContentType", "text/plain") not in CONTENT_TYPES:
        raise AwsError("InvalidLoadBalancerAction", f"The ContentType must be one of: {', '.join(CONTENT_TYPES)}")


def _redirect(redirect: Shape) -> Shape:
    kept = {**KEEPS, **redirect}
    if all(kept[name] == value for name, value in KEEPS.items()):
        raise AwsError(
            "InvalidLoadBalancerAction", "The redirect configuration is not valid because it creates a loop."
        )
    if not kept["Path"].startswith("/"):
        raise AwsError("InvalidLoadBalancerAction", "The Path parameter must be a valid path, should start with a '/'")
    port = kept["Port"]
    if port != KEEPS["Port"] and not (port.isdecimal() and len(port) <= 5 and 0 < int(port) <= 65535):
        raise AwsError("InvalidLoadBalancerAction", "The Port parameter must be a valid port between 1 and 65535")
    return kept


def _check_group(records: BalancingRecords, balancer: LoadBalancer, arn: str) -> None:
    group = records.balancing.groups.get(arn)
    if group is None:
        raise AwsError("TargetGroupNotFound", f"Target group '{arn}' not found")
    serving = records.serving(arn)
    if serving is not None and serving is not balancer:
        raise AwsError(
            "TargetGroupAssociationLimit",
            f"The following target groups cannot be associated with more than one load balancer: {arn}",
        )
    if group.target_type == "lambda":
        return
    if group.protocol not in ("HTTP", "HTTPS"):
        raise AwsError(
            "IncompatibleProtocols",
            f"The protocol '{group.protocol}' of target group '{arn}' is not compatible with "
            "listeners of an application load balancer",
        )
    if group.vpc != balancer.vpc:
        raise AwsError(
            "InvalidConfigurationRequest",
            f"The following target groups are in a different VPC than load balancer '{balancer.arn}': {arn}",
        )
