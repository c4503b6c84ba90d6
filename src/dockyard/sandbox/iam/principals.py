"""A principal: who asks, and every policy that speaks of what they may.

Knows nothing about requests or who keeps policies.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from dockyard.sandbox.iam.policies import Policy

EVERYTHING: Policy = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


@dataclass(slots=True, frozen=True)
class Principal:
    """A user, or a session of a role (`role` is the role's ARN then). A boundary or session policy limits: None is no
    limit. `known` are its condition keys: `aws:username`, `aws:PrincipalTag/…`.
    """

    arn: str
    account: str
    policies: tuple[Policy, ...] = ()
    boundary: tuple[Policy, ...] | None = None
    session: tuple[Policy, ...] | None = None
    role: str = ""
    known: Mapping[str, str] = field(default_factory=dict)

    @property
    def asks_for_tags(self) -> bool:
        """Whether any of these policies speaks of the tags that a resource has."""
        every = (self.policies, self.boundary, self.session)
        return "resourcetag/" in json.dumps(every).lower()

    @property
    def root(self) -> frozenset[str]:
        """What a resource's policy calls the whole account."""
        return frozenset({self.account, f"arn:aws:iam::{self.account}:root"})

    @property
    def names(self) -> frozenset[str]:
        """Everything that a resource's policy may call this principal."""
        return self.root | ({self.arn, self.role} if self.role else {self.arn})


def administrator(account: str) -> str:
    """The ARN of the user the learner works as, who may do everything."""
    return f"arn:aws:iam::{account}:user/learner"


def as_administrator(account: str) -> Principal:
    """The learner's own user, allowed everything as by AdministratorAccess."""
    known = {"aws:username": "learner", "aws:PrincipalType": "User"}
    return Principal(administrator(account), account, (EVERYTHING,), known=known)
