"""The simulator's questions, answered from one world's neighbours.

Knows nothing about the simulated services. An answer is found once and kept until a call may have changed it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from dockyard.cloud.account import Account
from dockyard.cloud.neighbours import Role, SecurityGroup, Subnet
from dockyard.sandbox.iam.judgement import Question, objection
from dockyard.sandbox.iam.own_policies import own_policies
from dockyard.sandbox.iam.policies import Policy
from dockyard.sandbox.moto.worlds import MotoWorld


class Asked:
    """`dockyard.cloud.neighbours.Neighbours`, by moto."""

    def __init__(
        self,
        world: MotoWorld,
        account: Account,
        observed: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
    ) -> None:
        """`account` keeps what resources have of policies of their own.

        `observed`: ARN by name of the secrets of each region where somebody else than moto keeps them.
        """
        self._world = world
        self._account = account
        self._observed = observed

    def subnet(self, region: str, subnet_id: str) -> Subnet | None:
        """The subnet with this id."""
        return self._world.networks(region).subnets.get(subnet_id)

    def security_group(self, region: str, group_id: str) -> SecurityGroup | None:
        """The security group with this id."""
        return self._world.networks(region).groups.get(group_id)

    def default_security_group(self, region: str, vpc_id: str) -> str | None:
        """The id of a VPC's default security group."""
        return self._world.networks(region).default_groups.get(vpc_id)

    def endpoints(self, region: str, vpc_id: str) -> frozenset[str]:
        """The services that have a VPC endpoint, by last name."""
        return self._world.networks(region).endpoints.get(vpc_id, frozenset())

    def role(self, role_arn: str) -> Role | None:
        """The role with this ARN."""
        found = self._world.roles().get(role_arn)
        return found.role if found else None

    def objection(self, role_arn: str, action: str, resource: str) -> str | None:
        """What of the role's policies, its boundary and the resource's own policy decides against it; None: it may."""
        question, own = Question(action, resource), own_policies(self._account, resource)
        if own:  # these are ECR's to change, and the world would not know when to ask again
            return self._objection(role_arn, question, own)
        return self._world.ask(
            ("objection", role_arn, action, resource), lambda: self._objection(role_arn, question, own)
        )

    def _objection(self, role_arn: str, question: Question, own: list[Policy]) -> str | None:
        session = f"arn:aws:sts::{self._world.account}:assumed-role/{role_arn.rsplit('/', 1)[-1]}/ecs-task"
        return objection(self._world.principal(session), question, own)

    def secret_exists(self, region: str, reference: str) -> bool:
        """Whether Secrets Manager holds the secret that this ARN (whole, without its last six characters, or with
        `:key:stage:version` behind it, as ECS writes it) or name means.
        """
        named = ":".join(reference.split(":")[:7])
        kept = self._observed[region] if region in self._observed else self._world.secrets(region)
        return named in kept or any(arn == named or arn[:-7] == named for arn in kept.values())
