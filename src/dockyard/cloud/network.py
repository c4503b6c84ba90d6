"""Who can reach whom: network interfaces of tasks and load balancers, and what serves at an address.

Knows nothing about tasks, target groups or how subnets and security groups are kept: it asks the neighbours.
Security groups: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network

from dockyard.cloud.account import Account, Identifiers
from dockyard.cloud.neighbours import Neighbours, Rule, Subnet
from dockyard.errors import AwsError

#: Somebody on the internet, for `reaches`.
INTERNET = "203.0.113.7"
#: What a request finds that had no answer in time.
NO_ANSWER = 0
#: The first four addresses and the last of a subnet are AWS's.
#: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
RESERVED = 4


@dataclass(slots=True)
class Interface:
    """An elastic network interface: its private address, where it is and which groups guard it; `owner` is an ARN."""

    id: str
    address: str
    mac: str
    subnet: str
    vpc: str
    zone: str
    groups: tuple[str, ...]
    public: bool
    owner: str


@dataclass(slots=True)
class Endpoint:
    """What serves at an address: its ports, its CPU (in vCPU) and what path answers which code (all others: 200).

    A code of NO_ANSWER: the connection opens, and nothing comes.

    `busy_ms` collects the CPU milliseconds that requests cost, until somebody measures them.
    """

    address: str
    ports: tuple[int, ...]
    vcpus: float
    answers: dict[str, int] = field(default_factory=dict)
    busy_ms: float = 0.0

    def answer(self, path: str) -> int:
        """The HTTP status that a GET of this path receives."""
        return self.answers.get(path, 200)


@dataclass(slots=True)
class Network:
    """The interfaces (by id) and endpoints (by address) of one region."""

    interfaces: dict[str, Interface] = field(default_factory=dict)
    endpoints: dict[str, Endpoint] = field(default_factory=dict)
    taken: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, account: Account, region: str) -> Network:
        """The network of a region, made at the first touch."""
        kept = account.regions.setdefault(region, {})
        network: Network | None = kept.get("network")
        if network is None:
            network = kept["network"] = cls()
        return network

    def attach(
        self, subnet: Subnet, groups: tuple[str, ...], owner: str, identifiers: Identifiers, *, public: bool = False
    ) -> Interface:
        """A new interface with the subnet's next free address. Raises AwsError where it has none.

        https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
        """
        address = self._next_address(subnet)
        mac = ":".join(("0e", *(identifiers.hex(2) for _ in range(5))))
        interface = Interface(
            f"eni-{identifiers.hex(17)}", address, mac, subnet.id, subnet.vpc, subnet.zone, groups, public, owner
        )
        self.interfaces[interface.id] = interface
        return interface

    def detach(self, interface_id: str) -> None:
        """Take an interface away, and with it whatever served there."""
        interface = self.interfaces.pop(interface_id, None)
        if interface is not None:
            self.endpoints.pop(interface.address, None)

    def at(self, address: str) -> Interface | None:
        """The interface that has this private address."""
        return next((one for one in self.interfaces.values() if one.address == address), None)

    def owned_by(self, owner: str) -> list[Interface]:
        """The interfaces of a task or a load balancer."""
        return [one for one in self.interfaces.values() if one.owner == owner]

    def _next_address(self, subnet: Subnet) -> str:
        block = ip_network(subnet.cidr, strict=False)
        used = {one.address for one in self.interfaces.values() if one.subnet == subnet.id}
        room = block.num_addresses - RESERVED - 1
        for _ in range(max(room, 1)):
            self.taken[subnet.id] = self.taken.get(subnet.id, 0) % max(room, 1) + 1
            address = str(block[RESERVED - 1 + self.taken[subnet.id]])
            if address not in used:
                return address
        raise AwsError(
            "InsufficientFreeAddressesInSubnet",
            f"The specified subnet '{subnet.id}' ({subnet.cidr}) does not have enough free addresses to satisfy the "
            "request.",
        )


def reaches(neighbours: Neighbours, region: str, source: Interface | str, target: Interface, port: int) -> bool:
    """Whether TCP from `source` (an interface, or an address such as INTERNET) gets through to the target's port."""
    if isinstance(source, str):
        return _permits(neighbours, region, target, "ingress", port, source, ())
    return (
        source.vpc == target.vpc
        and _permits(neighbours, region, source, "egress", port, target.address, target.groups)
        and _permits(neighbours, region, target, "ingress", port, source.address, source.groups)
    )


def _permits(
    neighbours: Neighbours, region: str, guarded: Interface, side: str, port: int, address: str, groups: tuple[str, ...]
) -> bool:
    for group_id in guarded.groups:
        group = neighbours.security_group(region, group_id)
        rules: tuple[Rule, ...] = getattr(group, side) if group else ()
        if any(_matches(rule, port, address, groups) for rule in rules):
            return True
    return False


def _matches(rule: Rule, port: int, address: str, groups: tuple[str, ...]) -> bool:
    if rule.protocol not in ("-1", "tcp") or (rule.protocol == "tcp" and not rule.from_port <= port <= rule.to_port):
        return False
    if set(rule.groups) & set(groups):
        return True
    return any(_within(address, block) for block in rule.cidrs)


@functools.lru_cache(1024)  # the same few addresses are checked every ten seconds
def _within(address: str, block: str) -> bool:
    return ip_address(address) in ip_network(block, strict=False)


def gets_out(neighbours: Neighbours, region: str, interface: Interface, service: str) -> bool:
    """Whether an interface reaches an AWS service (`ecr.api`, `logs`): the internet, a NAT gateway or its endpoint.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html
    """
    if not _permits(neighbours, region, interface, "egress", 443, INTERNET, ()):
        return False
    subnet = neighbours.subnet(region, interface.subnet)
    if subnet is None:
        return False
    if subnet.way_out == "nat gateway" or (subnet.way_out == "internet gateway" and interface.public):
        return True
    return service in neighbours.endpoints(region, interface.vpc)
