"""What every part of Elastic Load Balancing starts from: its name, its records, and how a thing is found in them.

Knows nothing about what the parts do.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dockyard.cloud.elbv2.state import BalancingState, Listener, ListenerRule, LoadBalancer, Shape, TargetGroup
from dockyard.cloud.network import Network
from dockyard.cloud.pages import page, with_token
from dockyard.cloud.service import Request, Service
from dockyard.errors import AwsError

#: What a page holds unless told: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/
PAGE = 400


def invalid(message: str) -> AwsError:
    """Elastic Load Balancing's ValidationError."""
    return AwsError("ValidationError", message)


def paged(items: list[Any], request: Request, key: str) -> dict[str, Any]:
    """One page of `items` under `key`, with NextMarker when there are more. Raises AwsError for a marker not ours."""
    marker = request.get("Marker") or None
    found, rest = page(items, marker, request.get("PageSize") or PAGE, invalid(f"'{marker}' is not a valid marker"))
    return with_token({key: found}, "NextMarker", rest)


def groups_of(actions: list[Shape]) -> list[tuple[str, int]]:
    """The ARN and weight of every target group that these actions forward to."""
    found = []
    for action in actions:
        forward = action.get("ForwardConfig") or {}
        found += [(one["TargetGroupArn"], one.get("Weight", 1)) for one in forward.get("TargetGroups", [])]
    return found


class BalancingRecords(Service):
    """Elastic Load Balancing's records and how to find things in them."""

    name = "elbv2"
    prefix = "elasticloadbalancing"
    state_type = BalancingState

    @property
    def balancing(self) -> BalancingState:
        """The records of this region."""
        records: BalancingState = self.records
        return records

    @property
    def network(self) -> Network:
        """The region's network."""
        return Network.of(self.account, self.region)

    def balancer(self, arn: str) -> LoadBalancer:
        """The load balancer with this ARN. Raises AwsError LoadBalancerNotFound."""
        found = self.balancing.balancers.get(arn)
        if found is None:
            raise AwsError("LoadBalancerNotFound", "One or more load balancers not found")
        return found

    def balancer_named(self, name: str) -> LoadBalancer | None:
        """The load balancer with this name."""
        return next((one for one in self.balancing.balancers.values() if one.name == name), None)

    def balancer_called(self, name: str) -> LoadBalancer | None:
        """The load balancer with this DNS name (in any case) or, failing that, with this name."""
        wanted = name.lower()
        found = next((one for one in self.balancing.balancers.values() if one.dns_name.lower() == wanted), None)
        return found or self.balancer_named(name)

    def group(self, arn: str) -> TargetGroup:
        """The target group with this ARN. Raises AwsError TargetGroupNotFound."""
        found = self.balancing.groups.get(arn)
        if found is None:
            raise AwsError("TargetGroupNotFound", "One or more target groups not found")
        return found

    def listener(self, arn: str) -> Listener:
        """The listener with this ARN. Raises AwsError ListenerNotFound."""
        found = self.balancing.listeners.get(arn)
        if found is None:
            raise AwsError("ListenerNotFound", "One or more listeners not found")
        return found

    def listeners_of(self, balancer: str) -> list[Listener]:
        """The listeners of a load balancer (by ARN), lowest port first."""
        found = (one for one in self.balancing.listeners.values() if one.load_balancer == balancer)
        return sorted(found, key=lambda one: one.port)

    def rules_of(self, listener: str) -> list[ListenerRule]:
        """The rules of a listener (by ARN) but the default one, in the order in which they are tried."""
        return sorted(
            (one for one in self.balancing.rules.values() if one.listener == listener), key=lambda one: one.priority
        )

    def serving(self, group: str) -> LoadBalancer | None:
        """The load balancer with a listener that forwards to this target group: there is at most one."""
        for listener, actions in self.all_actions():
            if any(arn == group for arn, _ in groups_of(actions)):
                return self.balancing.balancers.get(listener.load_balancer)
        return None

    def all_actions(self) -> Iterator[tuple[Listener, list[Shape]]]:
        """The actions of every listener's default rule and of every other rule, each with its listener."""
        for listener in self.balancing.listeners.values():
            yield listener, listener.actions
        for rule in self.balancing.rules.values():
            yield self.balancing.listeners[rule.listener], rule.actions
