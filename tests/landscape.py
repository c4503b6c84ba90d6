"""A plain table that answers the simulator's questions: two public subnets in two zones, two groups, roles."""

from __future__ import annotations

from dataclasses import dataclass, field

from dockyard.cloud.neighbours import Role, Rule, SecurityGroup, Subnet

ANYWHERE = Rule("-1", -1, -1, cidrs=("0.0.0.0/0",))
EXECUTION_ROLE = "arn:aws:iam::123456789012:role/execution"
STRANGER_ROLE = "arn:aws:iam::123456789012:role/stranger"  # trusts EC2 only
POWERLESS_ROLE = "arn:aws:iam::123456789012:role/powerless"  # trusted by tasks, may do nothing


@dataclass
class Landscape:
    """Neighbours for tests of pure rules; what it holds can be changed by the test."""

    subnets: dict[str, Subnet] = field(
        default_factory=lambda: {
            "subnet-a": Subnet("subnet-a", "vpc-1", "us-east-1a", "10.0.1.0/24", "internet gateway"),
            "subnet-b": Subnet("subnet-b", "vpc-1", "us-east-1b", "10.0.2.0/24", "internet gateway"),
            "subnet-closed": Subnet("subnet-closed", "vpc-1", "us-east-1a", "10.0.3.0/24", ""),
        }
    )
    groups: dict[str, SecurityGroup] = field(
        default_factory=lambda: {
            "sg-lb": SecurityGroup("sg-lb", "vpc-1", (Rule("tcp", 80, 80, ("0.0.0.0/0",)),), (ANYWHERE,)),
            "sg-task": SecurityGroup("sg-task", "vpc-1", (Rule("tcp", 8080, 8080, groups=("sg-lb",)),), (ANYWHERE,)),
            "sg-shut": SecurityGroup("sg-shut", "vpc-1", (), (ANYWHERE,)),
        }
    )
    roles: dict[str, Role] = field(
        default_factory=lambda: {
            EXECUTION_ROLE: Role(EXECUTION_ROLE, frozenset({"ecs-tasks.amazonaws.com"})),
            POWERLESS_ROLE: Role(POWERLESS_ROLE, frozenset({"ecs-tasks.amazonaws.com"})),
            STRANGER_ROLE: Role(STRANGER_ROLE, frozenset({"ec2.amazonaws.com"})),
        }
    )
    refused: set[tuple[str, str]] = field(default_factory=set)  # (role ARN, action)
    why: str = "because no identity-based policy allows it"
    vpc_endpoints: frozenset[str] = frozenset()

    def subnet(self, region: str, subnet_id: str) -> Subnet | None:  # noqa: ARG002
        return self.subnets.get(subnet_id)

    def security_group(self, region: str, group_id: str) -> SecurityGroup | None:  # noqa: ARG002
        return self.groups.get(group_id)

    def default_security_group(self, region: str, vpc_id: str) -> str | None:  # noqa: ARG002
        return "sg-shut"

    def endpoints(self, region: str, vpc_id: str) -> frozenset[str]:  # noqa: ARG002
        return self.vpc_endpoints

    def role(self, role_arn: str) -> Role | None:
        return self.roles.get(role_arn)

    def objection(self, role_arn: str, action: str, resource: str) -> str | None:  # noqa: ARG002
        return None if role_arn == EXECUTION_ROLE and (role_arn, action) not in self.refused else self.why

    def secret_exists(self, region: str, reference: str) -> bool:  # noqa: ARG002
        return False
