"""Front doors that a check builds in a fork: a balancer, its target group and listener, and a service behind them.

Knows nothing about what the learner built; it is given groups, networks and definitions.
"""

from __future__ import annotations

from dataclasses import dataclass

from dockyard.grading.finding import Record
from dockyard.grading.world import World

__all__ = ["Front", "front_door", "let_in", "rules_line", "serve", "subnets_of", "target_states"]


@dataclass(frozen=True, slots=True)
class Front:
    """A load balancer that forwards to a target group (its ARN), and the subnets it stands in."""

    balancer: Record
    group: str
    subnets: list[str]

    @property
    def name(self) -> str:
        """The balancer's name, for traffic."""
        return str(self.balancer["LoadBalancerName"])


def subnets_of(world: World, vpc: str) -> list[str]:
    """A subnet in each of two zones of a VPC."""
    found = world.client("ec2").describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"]
    by_zone = {one["AvailabilityZone"]: one["SubnetId"] for one in reversed(found)}
    return [by_zone[zone] for zone in sorted(by_zone)][:2]


def front_door(fork: World, name: str, security_group: str, vpc: str, port: int) -> Front:
    """A balancer with a listener on port 80 that forwards to a new target group of addresses."""
    elbv2, subnets = fork.client("elbv2"), subnets_of(fork, vpc)
    (balancer,) = elbv2.create_load_balancer(Name=name, Subnets=subnets, SecurityGroups=[security_group])[
        "LoadBalancers"
    ]
    (group,) = elbv2.create_target_group(
        Name=name, Protocol="HTTP", Port=port, VpcId=vpc, TargetType="ip", HealthCheckPath="/health"
    )["TargetGroups"]
    elbv2.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": group["TargetGroupArn"]}],
    )
    elbv2.describe_load_balancers(LoadBalancerArns=[balancer["LoadBalancerArn"]])
    return Front(balancer, group["TargetGroupArn"], subnets)


def serve(fork: World, name: str, definition: Record, front: Front, security_group: str, tasks: int = 1) -> Record:
    """A Fargate service of a definition behind a front door, in a cluster of its own."""
    ecs = fork.client("ecs")
    ecs.create_cluster(clusterName=name)
    container = next(one for one in definition["containerDefinitions"] if one.get("portMappings"))
    network = {"subnets": front.subnets, "securityGroups": [security_group], "assignPublicIp": "ENABLED"}
    port = container["portMappings"][0]["containerPort"]
    answer = ecs.create_service(
        cluster=name,
        serviceName=name,
        taskDefinition=definition["taskDefinitionArn"],
        desiredCount=tasks,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": network},
        loadBalancers=[{"targetGroupArn": front.group, "containerName": container["name"], "containerPort": port}],
    )
    return dict(answer["service"])


def target_states(world: World, group: str) -> list[tuple[str, str]]:
    """The targets of a group: address and state."""
    found = world.client("elbv2").describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    return [(one["Target"]["Id"], one["TargetHealth"]["State"]) for one in found]


def rules_line(group: Record) -> str:
    """What a security group's rules let in, in a line."""
    rules = [f"{one['IpProtocol']} {_ports(one)} from {', '.join(let_in(one))}" for one in group["IpPermissions"]]
    return f"{group['GroupName']}: {'; '.join(rules) or 'no ingress rule'}"


def let_in(rule: Record) -> list[str]:
    """Whom one rule of a security group lets in: ranges of addresses and groups."""
    return [*(one["CidrIp"] for one in rule["IpRanges"]), *(one["GroupId"] for one in rule["UserIdGroupPairs"])]


def _ports(rule: Record) -> str:
    return f"{rule.get('FromPort', 'all')}-{rule.get('ToPort', 'all')}"
