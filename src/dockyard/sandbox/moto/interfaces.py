"""The simulator's network interfaces (of tasks and load balancers), shown among EC2's while somebody describes those.

Knows nothing about tasks. EC2 keeps none of them: they are put in for one call and taken out after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from dockyard.cloud.network import Interface


@contextmanager
def shown(ec2: Any, interfaces: Iterable[Interface]) -> Iterator[None]:
    """Within, EC2's backend also holds these; one whose subnet is gone is left out."""
    subnets = {one.id: one for by_id in ec2.subnets.values() for one in by_id.values()}
    added = {one.id: _record(ec2, subnets[one.subnet], one) for one in interfaces if one.subnet in subnets}
    ec2.enis.update(added)
    try:
        yield
    finally:
        for name in added:
            del ec2.enis[name]


def _record(ec2: Any, subnet: Any, interface: Interface) -> Any:
    from moto.ec2.models.elastic_network_interfaces import NetworkInterface

    known = {name for by_id in ec2.groups.values() for name in by_id}
    groups = [name for name in interface.groups if name in known]
    record = NetworkInterface(ec2, subnet, interface.address, group_ids=groups, description=description(interface))
    record.id, record.mac_address, record.status = interface.id, interface.mac, "in-use"
    record.requester_managed = True
    record.public_ip = public_address(interface) if interface.public else None
    return record


def description(interface: Interface) -> str:
    """What AWS writes at an interface: `ELB app/NAME/ID` for a load balancer's, by which people look for its addresses.

    https://repost.aws/knowledge-center/elb-find-load-balancer-IP
    """
    _, found, balancer = interface.owner.partition(":loadbalancer/")
    return f"ELB {balancer}" if found else interface.owner


def public_address(interface: Interface) -> str:
    """The public address of an interface that has one, made from its id: nothing answers there."""
    digits = int(interface.id.rpartition("-")[2][:6], 16)
    return f"54.{digits >> 16}.{digits >> 8 & 255}.{digits & 255}"
