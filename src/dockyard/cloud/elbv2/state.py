"""The records of Elastic Load Balancing: balancers, listeners, rules, target groups, targets and what went through.

Knows nothing about what changes them. Everything is plain data that can be copied with its account.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

#: An action or a condition as botocore shapes it.
Shape = dict[str, Any]


@dataclass(slots=True, frozen=True)
class TargetHealth:
    """A target's state with AWS's reason code and sentence ("" when there is none).

    States: initial, healthy, unhealthy, draining, unused, unavailable.
    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
    """

    state: str
    reason: str = ""
    description: str = ""


@dataclass(slots=True)
class Target:
    """An address (or instance, or function) and port in a target group.

    `next_check` is the moment of its next health check, 0 when its health is settled and nothing could change it;
    `passed` and `failed` count the last checks in a row; `cause` is what made it worth checking.
    """

    id: str
    port: int
    health: TargetHealth
    zone: str = ""
    passed: int = 0
    failed: int = 0
    checked_at: float = 0.0
    next_check: float = 0.0
    gone_at: float = 0.0
    cause: int = 0

    @property
    def key(self) -> str:
        """What names the target within its group."""
        return target_key(self.id, self.port)


def target_key(identifier: str, port: int) -> str:
    """What names a target within its group: `10.0.1.4:8080`."""
    return f"{identifier}:{port}"


@dataclass(slots=True)
class TargetGroup:
    """A target group; the `health_…` members are its health check (seconds, counts, and codes such as `200-299`).

    `round_due` is the moment of the next round of checks on the agenda, 0 when there is none.
    """

    arn: str
    name: str
    target_type: str
    protocol: str
    port: int
    vpc: str
    protocol_version: str = "HTTP1"
    address_type: str = "ipv4"
    health_enabled: bool = True
    health_protocol: str = "HTTP"
    health_port: str = "traffic-port"
    health_path: str = "/"
    health_interval: int = 30
    health_timeout: int = 5
    healthy_threshold: int = 5
    unhealthy_threshold: int = 2
    health_codes: str = "200"
    attributes: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    targets: dict[str, Target] = field(default_factory=dict)
    round_due: float = 0.0

    @property
    def dimension(self) -> str:
        """The group's name in CloudWatch and in resource labels: `targetgroup/NAME/ID`."""
        return self.arn.rpartition(":")[2]


@dataclass(slots=True, frozen=True)
class Node:
    """A load balancer's foot in a zone: its subnet there, and the id of its network interface."""

    zone: str
    subnet: str
    interface: str


@dataclass(slots=True, frozen=True)
class Share:
    """What flows each second from a load balancer to one target, or to nobody (`group` and `address` are "").

    `served` requests are answered with `code` after `latency` seconds; `failed` ones get `error` from the load balancer
    itself; `busy` is the CPU time in milliseconds. `target_count` says over how many targets the group's share goes.
    Those served are on their way for `lasts` seconds (0: none is ever seen on its way); where it `times_out`, the load
    balancer waits no longer and gives `error`.
    """

    group: str
    address: str
    requests: float
    served: float
    code: int
    failed: float
    error: int
    latency: float = 0.0
    busy: float = 0.0
    target_count: int = 1
    port: int = 0
    lasts: float = 0.0
    times_out: bool = False


@dataclass(slots=True, frozen=True)
class Flight:
    """The requests of a share that began between two moments and are still on their way; all last equally long."""

    share: Share
    begun: float
    until: float

    @property
    def requests(self) -> float:
        """How many they are."""
        return self.share.served * (self.until - self.begun)


@dataclass(slots=True)
class Counts:
    """What one target group (or the load balancer itself, for answers of its own) saw during the current minute."""

    requests: float = 0.0
    per_target: float = 0.0
    codes: dict[int, float] = field(default_factory=dict)
    latency_sum: float = 0.0
    fastest: float = 0.0
    slowest: float = 0.0


@dataclass(slots=True)
class Tally:
    """What was offered to a load balancer since its birth: requests = served + failed + lost + in flight.

    Those lost nobody let in. `in_flight` is known when somebody asks, and not kept.
    """

    requests: float = 0.0
    served: float = 0.0
    failed: float = 0.0
    lost: float = 0.0
    latency_sum: float = 0.0
    in_flight: float = 0.0


@dataclass(slots=True)
class LoadBalancer:
    """An application load balancer; `shares` is how the offered traffic flows now, `lost` a second never gets in.

    `flights`: the requests that were on their way when traffic was last counted; `carried_at` is when real requests
    were.
    """

    arn: str
    name: str
    dns_name: str
    scheme: str
    vpc: str
    nodes: list[Node]
    security_groups: list[str]
    created: float
    address_type: str = "ipv4"
    active: bool = False
    attributes: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    shares: list[Share] = field(default_factory=list)
    lost: float = 0.0
    flights: list[Flight] = field(default_factory=list)
    minute: dict[str, Counts] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)
    offer_cause: int = 0
    carried_at: float | None = None

    @property
    def dimension(self) -> str:
        """The load balancer's name in CloudWatch and in resource labels: `app/NAME/ID`."""
        return self.arn.partition("loadbalancer/")[2]


@dataclass(slots=True)
class Listener:
    """A port of a load balancer and the actions of its default rule."""

    arn: str
    load_balancer: str
    protocol: str
    port: int
    actions: list[Shape]
    default_rule: str
    certificates: list[Shape] = field(default_factory=list)
    ssl_policy: str = ""
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class ListenerRule:
    """A rule of a listener; of those whose conditions all hold, the lowest priority acts."""

    arn: str
    listener: str
    priority: int
    conditions: list[Shape]
    actions: list[Shape]
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class BalancingState:
    """Everything Elastic Load Balancing knows in a region, by ARN; traffic is metered until `metered_until`."""

    balancers: dict[str, LoadBalancer] = field(default_factory=dict)
    groups: dict[str, TargetGroup] = field(default_factory=dict)
    listeners: dict[str, Listener] = field(default_factory=dict)
    rules: dict[str, ListenerRule] = field(default_factory=dict)
    metered_until: float = 0.0
