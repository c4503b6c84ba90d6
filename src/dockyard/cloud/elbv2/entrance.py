"""What a request meets at a port of a load balancer right now, as a value: who is let in, the rules, and the targets.

Knows nothing about requests or sockets: whoever carries real ones asks here where they go.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from dockyard.cloud.elbv2.checks import reachable
from dockyard.cloud.elbv2.conditions import Asked, actions_for
from dockyard.cloud.elbv2.records import BalancingRecords, groups_of
from dockyard.cloud.elbv2.shares import lets_in, receiving, stands_in_the_open
from dockyard.cloud.elbv2.state import Listener, ListenerRule, LoadBalancer, Shape, Target, TargetGroup


@dataclass(slots=True, frozen=True)
class Spot:
    """A target as a request meets it: its address and port, whether the network lets a connection through to it, and
    whether the account knows of something that listens there."""

    address: str
    port: int
    reachable: bool
    listens: bool


@dataclass(slots=True, frozen=True)
class Pool:
    """A target group as a request meets it: `spots` get requests (all of them where none is healthy)."""

    arn: str
    name: str
    kind: str
    protocol: str
    version: str
    attributes: dict[str, str]
    spots: tuple[Spot, ...]


@dataclass(slots=True, frozen=True)
class Entrance:
    """A port of a load balancer. `shut` says why nobody gets in there, "" where somebody does:

    `provisioning`, `internal`, `port` (no listener), `route` (no internet gateway), `group` (no security group lets the
    internet in).
    """

    region: str
    arn: str
    name: str
    dns_name: str
    port: int
    shut: str
    attributes: dict[str, str]
    security_groups: tuple[str, ...] = ()
    open_ports: tuple[int, ...] = ()
    listener: Listener | None = None
    rules: tuple[ListenerRule, ...] = ()
    pools: dict[str, Pool] | None = None

    def actions(self, asked: Callable[[], Asked]) -> list[Shape]:
        """What is to be done with a request, which is read where there are rules. Only for an entrance that is open."""
        assert self.listener is not None
        return actions_for(self.listener, self.rules, asked()) if self.rules else self.listener.actions


def entrance(records: BalancingRecords, balancer: LoadBalancer, port: int = 0) -> Entrance:
    """What a request from the internet meets at a port of a load balancer (0: that of its first listener, else 80)."""
    listeners = records.listeners_of(balancer.arn)
    ports = tuple(one.port for one in listeners)
    port = port or next(iter(ports), 80)
    found = Entrance(
        region=records.region,
        arn=balancer.arn,
        name=balancer.name,
        dns_name=balancer.dns_name,
        port=port,
        shut=_why_shut(records, balancer, port, ports),
        attributes=dict(balancer.attributes),
        security_groups=tuple(balancer.security_groups),
        open_ports=ports,
    )
    listener = next((one for one in listeners if one.port == port), None)
    if listener is None:
        return found
    rules = tuple(replace(one) for one in records.rules_of(listener.arn))
    actions = [*listener.actions, *(action for rule in rules for action in rule.actions)]
    pools = {arn: _pool(records, balancer, records.group(arn)) for arn, _ in groups_of(actions)}
    return replace(found, listener=replace(listener), rules=rules, pools=pools)


def _why_shut(records: BalancingRecords, balancer: LoadBalancer, port: int, ports: tuple[int, ...]) -> str:
    if not balancer.active:
        return "provisioning"
    if balancer.scheme != "internet-facing":
        return "internal"
    public = [one.interface for one in balancer.nodes if stands_in_the_open(records, one.interface)]
    if not public:
        return "route"
    if not any(lets_in(records, one, port) for one in public):
        return "group"
    return "" if port in ports else "port"


def _pool(records: BalancingRecords, balancer: LoadBalancer, group: TargetGroup) -> Pool:
    return Pool(
        arn=group.arn,
        name=group.name,
        kind=group.target_type,
        protocol=group.protocol,
        version=group.protocol_version,
        attributes=dict(group.attributes),
        spots=tuple(_spot(records, balancer, target) for target in receiving(group)),
    )


def _spot(records: BalancingRecords, balancer: LoadBalancer, target: Target) -> Spot:
    endpoint = records.network.endpoints.get(target.id)
    listens = endpoint is not None and target.port in endpoint.ports
    return Spot(target.id, target.port, reachable(records, balancer, target, target.port), listens)
