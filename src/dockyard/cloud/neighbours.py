"""The few questions the simulator asks about EC2 and IAM, which somebody else keeps. It only asks, it never writes.

Knows nothing about who answers: moto in the sandbox, a plain table in a test.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(slots=True, frozen=True)
class Subnet:
    """A subnet: `way_out` is where its default route leads ("" when nowhere)."""

    id: str
    vpc: str
    zone: str
    cidr: str
    way_out: Literal["internet gateway", "nat gateway", ""] = ""


@dataclass(slots=True, frozen=True)
class Rule:
    """A rule of either side: protocol `tcp`, `udp`, `icmp` or `-1` (all); inclusive ports; who: CIDR blocks, groups."""

    protocol: str
    from_port: int
    to_port: int
    cidrs: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


@dataclass(slots=True, frozen=True)
class SecurityGroup:
    """A security group and its rules."""

    id: str
    vpc: str
    ingress: tuple[Rule, ...] = ()
    egress: tuple[Rule, ...] = ()


@dataclass(slots=True, frozen=True)
class Role:
    """An IAM role and the service principals that its trust policy lets assume it (`ecs-tasks.amazonaws.com`)."""

    arn: str
    trusted_services: frozenset[str]


class Neighbours(Protocol):
    """What the simulator asks. Every answer is None (or empty) when the thing does not exist."""

    def subnet(self, region: str, subnet_id: str) -> Subnet | None:
        """The subnet with this id."""

    def security_group(self, region: str, group_id: str) -> SecurityGroup | None:
        """The security group with this id."""

    def default_security_group(self, region: str, vpc_id: str) -> str | None:
        """The id of a VPC's default security group."""

    def endpoints(self, region: str, vpc_id: str) -> frozenset[str]:
        """The services that have a VPC endpoint, by last name: `ecr.api`, `ecr.dkr`, `s3`, `logs`, `secretsmanager`."""

    def role(self, role_arn: str) -> Role | None:
        """The role with this ARN."""

    def objection(self, role_arn: str, action: str, resource: str) -> str | None:
        """Why a task's role may not do the action (`ecr:BatchGetImage`) on the resource's ARN; None when it may.

        As AWS's sentence ends: `with an explicit deny in a resource-based policy`.
        """

    def secret_exists(self, region: str, reference: str) -> bool:
        """Whether Secrets Manager holds the secret that this ARN or name means."""
