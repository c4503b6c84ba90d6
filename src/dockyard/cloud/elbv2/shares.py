"""How offered traffic flows through a load balancer: who gets in, which targets share it, and what becomes of it.

Knows nothing about time or metrics: everything here is a second.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
"""

from __future__ import annotations

from dockyard.cloud.elbv2.checks import reachable
from dockyard.cloud.elbv2.conditions import Asked, actions_for
from dockyard.cloud.elbv2.records import BalancingRecords, groups_of
from dockyard.cloud.elbv2.state import LoadBalancer, Shape, Share, Target, TargetGroup
from dockyard.cloud.network import INTERNET, NO_ANSWER, reaches
from dockyard.cloud.traffic import Offer, flow

NO_TARGET, BAD_GATEWAY, GATEWAY_TIMEOUT = 503, 502, 504
RECEIVES_WHEN_NONE_IS_HEALTHY = ("unhealthy", "initial")


def shared(records: BalancingRecords, balancer: LoadBalancer, offer: Offer) -> tuple[list[Share], float]:
    """The shares of the traffic offered to a load balancer from the internet, and the requests a second that are lost.

    A client that cannot connect is lost: the listener's port is closed by the security group, or a node's subnet has no
    internet gateway.
    """
    for listener in records.listeners_of(balancer.arn):
        open_part = _entrance(records, balancer, listener.port)
        if open_part > 0:
            asked = Asked(balancer.dns_name, offer.path or "/")
            actions = actions_for(listener, records.rules_of(listener.arn), asked)
            inside = offer.requests_per_second * open_part
            return _act(records, balancer, offer, actions, inside), offer.requests_per_second - inside
    return [], offer.requests_per_second


def receiving(group: TargetGroup) -> list[Target]:
    """The targets that requests go to: the healthy ones, or all when none is healthy (AWS fails open)."""
    healthy = [one for one in group.targets.values() if one.health.state == "healthy"]
    return healthy or [one for one in group.targets.values() if one.health.state in RECEIVES_WHEN_NONE_IS_HEALTHY]


def _entrance(records: BalancingRecords, balancer: LoadBalancer, port: int) -> float:
    if not balancer.active or balancer.scheme != "internet-facing":
        return 0.0
    nodes = [one.interface for one in balancer.nodes]
    return sum(stands_in_the_open(records, one) and lets_in(records, one, port) for one in nodes) / len(nodes)


def stands_in_the_open(records: BalancingRecords, interface_id: str) -> bool:
    """Whether the internet finds a way to a load balancer's interface: its subnet has an internet gateway."""
    subnet = records.neighbours.subnet(records.region, records.network.interfaces[interface_id].subnet)
    return subnet is not None and subnet.way_out == "internet gateway"


def lets_in(records: BalancingRecords, interface_id: str, port: int) -> bool:
    """Whether the security groups of an interface let the internet in at a port."""
    interface = records.network.interfaces[interface_id]
    return reaches(records.neighbours, records.region, INTERNET, interface, port)


def _act(
    records: BalancingRecords, balancer: LoadBalancer, offer: Offer, actions: list[Shape], requests: float
) -> list[Share]:
    action = actions[-1]
    if action["Type"] == "fixed-response":
        return [_own_answer(requests, int(action["FixedResponseConfig"]["StatusCode"]))]
    if action["Type"] == "redirect":
        return [_own_answer(requests, int(action["RedirectConfig"]["StatusCode"].removeprefix("HTTP_")))]
    weighted = groups_of(actions)
    total = sum(weight for _, weight in weighted)
    if not total:
        return [_own_answer(requests, NO_TARGET)]
    return [
        share
        for arn, weight in weighted
        if weight
        for share in _forward(records, balancer, offer, records.group(arn), requests * weight / total)
    ]


def _own_answer(requests: float, code: int) -> Share:
    failed = requests if code >= 400 else 0.0
    return Share("", "", requests, requests - failed, code, failed, code)


def _forward(
    records: BalancingRecords, balancer: LoadBalancer, offer: Offer, group: TargetGroup, requests: float
) -> list[Share]:
    targets = receiving(group)
    if not targets:
        return [_own_answer(requests, NO_TARGET)]
    each, count = requests / len(targets), len(targets)
    return [_to_target(records, balancer, offer, group, target, each, count) for target in targets]


def _to_target(
    records: BalancingRecords,
    balancer: LoadBalancer,
    offer: Offer,
    group: TargetGroup,
    target: Target,
    requests: float,
    count: int,
) -> Share:
    """A target's share. A closed way times out (504), a closed port is refused (502), overload times out (504).

    A request that lasts longer than the load balancer's idle time-out gets 504 too, when that is over.
    """
    endpoint = records.network.endpoints.get(target.id)
    error = 0
    if not reachable(records, balancer, target, target.port):
        error = GATEWAY_TIMEOUT
    elif endpoint is None or target.port not in endpoint.ports:
        error = BAD_GATEWAY
    elif endpoint.answer(offer.path) == NO_ANSWER:
        error = GATEWAY_TIMEOUT
    if error or endpoint is None:
        return Share(group.arn, target.id, requests, 0.0, 0, requests, error, target_count=count)
    result = flow(requests, offer.cpu_ms, endpoint.vcpus)
    patience = float(balancer.attributes["idle_timeout.timeout_seconds"])
    lasts = min(offer.lasts, patience)
    return Share(
        group=group.arn,
        address=target.id,
        requests=requests,
        served=result.served,
        code=endpoint.answer(offer.path),
        failed=result.failed,
        error=GATEWAY_TIMEOUT,
        latency=result.latency + lasts,
        busy=result.utilisation * endpoint.vcpus * 1000.0,
        target_count=count,
        port=target.port,
        lasts=lasts,
        times_out=offer.lasts > patience,
    )
