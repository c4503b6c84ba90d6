"""What moto's backends hold, in the simulator's words: subnets and their way out, security groups, roles, secrets.

Knows nothing about worlds or calls: it reads one backend. moto's attributes are touched nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any, Literal

from dockyard.cloud.neighbours import Role, Rule, SecurityGroup, Subnet
from dockyard.sandbox.iam.policies import document, trusted_services
from dockyard.sandbox.signing import Secret

WayOut = Literal["internet gateway", "nat gateway", ""]
ANYWHERE = "0.0.0.0/0"


@dataclass(slots=True, frozen=True)
class Networks:
    """A region's networks as the simulator asks: subnets and groups by id, endpoints and default groups by VPC."""

    subnets: dict[str, Subnet] = field(default_factory=dict)
    groups: dict[str, SecurityGroup] = field(default_factory=dict)
    default_groups: dict[str, str] = field(default_factory=dict)
    endpoints: dict[str, frozenset[str]] = field(default_factory=dict)


@dataclass(slots=True, frozen=True)
class RoleRecord:
    """A role, the documents of its policies, and its boundary's (None: no boundary)."""

    role: Role
    policies: tuple[dict[str, Any], ...]
    boundary: tuple[dict[str, Any], ...] | None = None


def networks(ec2: Any) -> Networks:
    """The networks of a region."""
    groups = [_group(one) for by_id in ec2.groups.values() for one in by_id.values()]
    default = {
        vpc: one.id for vpc, by_id in ec2.groups.items() for one in by_id.values() if vpc and one.name == "default"
    }
    subnets = [_subnet(ec2, one) for by_id in ec2.subnets.values() for one in by_id.values()]
    return Networks(
        {one.id: one for one in subnets}, {one.id: one for one in groups}, default, _endpoints(ec2.vpc_end_points)
    )


def _subnet(ec2: Any, subnet: Any) -> Subnet:
    return Subnet(subnet.id, subnet.vpc_id, subnet.availability_zone, subnet.cidr_block, _way_out(ec2, subnet))


def _way_out(ec2: Any, subnet: Any) -> WayOut:
    """Where the default route of a subnet's route table (its own, else its VPC's main one) leads.

    https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
    """
    tables = [one for one in ec2.route_tables.values() if one.vpc_id == subnet.vpc_id]
    own = [one for one in tables if subnet.id in one._associations.values()]
    main = [one for one in tables if one.main_association_id]
    routes = (own or main)[0].routes if own or main else []
    for route in routes:
        if route.destination_cidr_block != ANYWHERE:
            continue
        if route.nat_gateway is not None and route.nat_gateway.state == "available":
            return "nat gateway"
        gateway = ec2.internet_gateways.get(getattr(route.gateway, "id", ""))
        if gateway is not None and gateway.vpc is not None and gateway.vpc.id == subnet.vpc_id:
            return "internet gateway"
    return ""


def _group(group: Any) -> SecurityGroup:
    return SecurityGroup(
        group.id,
        group.vpc_id or "",
        tuple(_rule(one) for one in group.ingress_rules),
        tuple(_rule(one) for one in group.egress_rules),
    )


def _rule(rule: Any) -> Rule:
    ports = (-1, -1) if rule.from_port is None else (int(rule.from_port), int(rule.to_port))
    cidr, group = rule.ip_range.get("CidrIp"), rule.source_group.get("GroupId")
    return Rule(rule.ip_protocol, *ports, (cidr,) if cidr else (), (group,) if group else ())


def _endpoints(endpoints: dict[str, Any]) -> dict[str, frozenset[str]]:
    """Available endpoints by VPC: `com.amazonaws.us-east-1.ecr.api` is `ecr.api`."""
    found: dict[str, set[str]] = {}
    for one in endpoints.values():
        if one.state == "available":
            found.setdefault(one.vpc_id, set()).add(one.service_name.split(".", 3)[-1])
    return {vpc: frozenset(names) for vpc, names in found.items()}


def roles(iam: Any) -> dict[str, RoleRecord]:
    """The account's roles by ARN."""
    return {one.arn: _role(iam, one) for one in iam.roles.values()}


def _role(iam: Any, role: Any) -> RoleRecord:
    trust = document(role.assume_role_policy_document)
    inline = [document(text) for text in role.policies.values()]
    attached = [version(one) for one in role.managed_policies.values()]
    boundary = None
    if role.permissions_boundary_arn:
        limit = iam.managed_policies.get(role.permissions_boundary_arn)
        boundary = (version(limit),) if limit else ()
    return RoleRecord(Role(role.arn, trusted_services(trust)), (*inline, *attached), boundary)


def version(policy: Any) -> dict[str, Any]:
    """The document of a managed policy's default version."""
    return next((document(one.document) for one in policy.versions if one.version_id == policy.default_version_id), {})


def secrets(secretsmanager: Any) -> dict[str, str]:
    """The ARNs of the region's secrets by name, without those marked deleted."""
    kept: Iterable[Any] = dict.values(secretsmanager.secrets)
    return {one.name: one.arn for one in kept if not one.is_deleted()}


def issued_by_iam(iam: Any, access_key: str) -> Secret | None:
    """What belongs to a user's active access key."""
    for user in iam.users.values():
        for key in user.access_keys:
            if key.access_key_id == access_key and key.status == "Active":
                return Secret(key.secret_access_key, iam.account_id, user.arn)
    return None


def issued_by_sts(sts: Any, access_key: str) -> Secret | None:
    """What belongs to the key of an assumed role."""
    role = sts.get_assumed_role_from_access_key(access_key)
    if role is None:
        return None
    expires = role.expiration.replace(tzinfo=UTC).timestamp()
    return Secret(role.secret_access_key, role.account_id, role.arn, role.session_token, expires)
