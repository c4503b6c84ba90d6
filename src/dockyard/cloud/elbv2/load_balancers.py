"""Application load balancers: where they stand, who guards them, when they are active.

Knows nothing about what they forward to.
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
"""

from __future__ import annotations

from typing import Any

from dockyard.cloud.elbv2 import attributes
from dockyard.cloud.elbv2.health import Health
from dockyard.cloud.elbv2.naming import check_name, tags_of
from dockyard.cloud.elbv2.records import invalid, paged
from dockyard.cloud.elbv2.state import LoadBalancer, Node
from dockyard.cloud.neighbours import Subnet
from dockyard.cloud.service import Meters, Request, Response, effect, operation
from dockyard.errors import AwsError

#: Seconds from creation to active: AWS takes two to four minutes, our model two.
PROVISIONING = 120.0
#: https://docs.aws.amazon.com/general/latest/gr/elb.html
HOSTED_ZONES = {
    "ap-northeast-1": "Z14GRHDCWA56QT",
    "ap-southeast-1": "Z1LMS91P8CMLE5",
    "ap-southeast-2": "Z1GM3OXH4ZPM65",
    "ca-central-1": "ZQSVJUPU6J1EY",
    "eu-central-1": "Z215JYRZR1TBD5",
    "eu-west-1": "Z32O12XQLNTSW2",
    "eu-west-2": "ZHURV8PSTC4K8",
    "us-east-1": "Z35SXDOTRQ7X7K",
    "us-east-2": "Z3AADJGX6KTTL2",
    "us-west-1": "Z368ELLRRE2KJ0",
    "us-west-2": "Z1H1FL5HABSF5",
}


class LoadBalancers(Health):
    """The operations on load balancers."""

    @operation("CreateLoadBalancer")
    def create_load_balancer(self, request: Request) -> Response:
        """Create an application load balancer, active two minutes later; the same again answers the one there is."""
        self._validate_balancer(request)
        subnets = self._subnets(request)
        vpc = subnets[0].vpc
        groups = self._security_groups(request.get("SecurityGroups") or [], vpc)
        known = self.balancer_named(request["Name"])
        if known is not None:
            return {"LoadBalancers": [self._described_balancer(self._same(known, request, subnets, groups))]}
        balancer = self._new_balancer(request, vpc, groups)
        balancer.nodes = [self._node(balancer, one) for one in subnets]
        self.balancing.balancers[balancer.arn] = balancer
        self.plan(PROVISIONING, "become_active", balancer.arn)
        return {"LoadBalancers": [self._described_balancer(balancer)]}

    @effect
    def become_active(self, arn: str) -> None:
        """The load balancer lets traffic through, and checks its targets."""
        balancer = self.balancing.balancers.get(arn)
        if balancer is None:
            return
        self.note(f"load balancer {balancer.name} became active")
        with self.rerouting():
            balancer.active = True
        self.reconsider()

    @operation("DescribeLoadBalancers", settles="balancers_active")
    def describe_load_balancers(self, request: Request) -> Response:
        """All load balancers, or those asked for by ARN or name."""
        found = self._asked_for(request)
        if len(found) < len(set(request.get("LoadBalancerArns") or [])):
            raise AwsError("LoadBalancerNotFound", "One or more load balancers not found")
        missing = sorted(set(request.get("Names") or []) - {one.name for one in found})
        if missing:
            raise AwsError("LoadBalancerNotFound", f"Load balancers '[{', '.join(missing)}]' not found")
        return paged([self._described_balancer(one) for one in found], request, "LoadBalancers")

    def balancers_active(self, request: Request) -> bool:
        """Whether the load balancers asked for are active."""
        return all(one.active for one in self._asked_for(request))

    @operation("DeleteLoadBalancer")
    def delete_load_balancer(self, request: Request) -> Response:
        """Delete a load balancer and its listeners; one that is not there is no error."""
        balancer = self.balancing.balancers.get(request["LoadBalancerArn"])
        if balancer is None:
            return {}
        if balancer.attributes["deletion_protection.enabled"] == "true":
            raise AwsError(
                "OperationNotPermitted",
                f"Load balancer '{balancer.arn}' cannot be deleted because deletion protection is enabled",
            )
        self.spend(self._cost(balancer))
        with self.rerouting():
            self._remove_balancer(balancer)
        self.reconsider()
        return {}

    def in_use(self) -> Meters:
        """A load balancer is billed as long as it exists."""
        for balancer in self.balancing.balancers.values():
            yield from self._cost(balancer)

    def _cost(self, balancer: LoadBalancer) -> Meters:
        seconds = self.now - balancer.created
        yield "Application Load Balancer", seconds
        if balancer.scheme == "internet-facing":
            yield "public IPv4 address", seconds * len(balancer.nodes)

    @operation("DescribeLoadBalancerAttributes")
    def describe_load_balancer_attributes(self, request: Request) -> Response:
        """The attributes: idle timeout, deletion protection, logs."""
        return attributes.listed(self.balancer(request["LoadBalancerArn"]).attributes)

    @operation("ModifyLoadBalancerAttributes")
    def modify_load_balancer_attributes(self, request: Request) -> Response:
        """Change attributes."""
        balancer = self.balancer(request["LoadBalancerArn"])
        attributes.change(balancer.attributes, request["Attributes"], "Load balancer")
        return attributes.listed(balancer.attributes)

    @operation("SetSecurityGroups")
    def set_security_groups(self, request: Request) -> Response:
        """Replace the security groups that guard a load balancer."""
        balancer = self.balancer(request["LoadBalancerArn"])
        groups = self._security_groups(request["SecurityGroups"], balancer.vpc)
        with self.rerouting():
            balancer.security_groups = groups
            for node in balancer.nodes:
                self.network.interfaces[node.interface].groups = tuple(groups)
        self.reconsider()
        return {"SecurityGroupIds": groups}

    @operation("SetSubnets")
    def set_subnets(self, request: Request) -> Response:
        """Replace the subnets, and with them the zones, that a load balancer stands in."""
        balancer = self.balancer(request["LoadBalancerArn"])
        subnets = self._subnets(request)
        with self.rerouting():
            kept = {node.subnet: node for node in balancer.nodes}
            for node in balancer.nodes:
                if node.subnet not in {one.id for one in subnets}:
                    self.network.detach(node.interface)
            balancer.nodes = [kept.get(one.id) or self._node(balancer, one) for one in subnets]
        self.reconsider()
        return {"AvailabilityZones": _zones(balancer), "IpAddressType": balancer.address_type}

    def _asked_for(self, request: Request) -> list[LoadBalancer]:
        found = list(self.balancing.balancers.values())
        if request.get("LoadBalancerArns"):
            found = [one for one in found if one.arn in request["LoadBalancerArns"]]
        if request.get("Names"):
            found = [one for one in found if one.name in request["Names"]]
        return found

    def _validate_balancer(self, request: Request) -> None:
        name = request["Name"]
        check_name("Load balancer", name)
        if name.startswith("internal-"):
            raise invalid(f"Load balancer name '{name}' cannot begin with 'internal-'")
        if request.get("Type", "application") != "application":
            raise invalid("Dockyard simulates load balancers of the type application.")

    def _subnets(self, request: Request) -> list[Subnet]:
        """The subnets of a request. Raises AwsError as AWS refuses them."""
        if bool(request.get("Subnets")) == bool(request.get("SubnetMappings")):
            raise invalid("You must specify either subnets or subnet mappings, but not both")
        ids = request.get("Subnets") or [one["SubnetId"] for one in request["SubnetMappings"]]
        found = []
        for subnet_id in dict.fromkeys(ids):
            subnet = self.neighbours.subnet(self.region, subnet_id)
            if subnet is None:
                raise AwsError("SubnetNotFound", f"The subnet ID '{subnet_id}' does not exist")
            found.append(subnet)
        if len(found) < 2:
            raise invalid("At least two subnets in two different Availability Zones must be specified")
        _check_zones(found)
        return found

    def _security_groups(self, ids: list[str], vpc: str) -> list[str]:
        """The groups that will guard the load balancer: those asked for, else the VPC's default one."""
        if not ids:
            default = self.neighbours.default_security_group(self.region, vpc)
            return [default] if default else []
        for group_id in ids:
            group = self.neighbours.security_group(self.region, group_id)
            if group is None:
                raise AwsError("InvalidSecurityGroup", f"The security group '{group_id}' does not exist")
            if group.vpc != vpc:
                raise AwsError("InvalidConfigurationRequest", "One or more security groups are invalid")
        return list(dict.fromkeys(ids))

    def _new_balancer(self, request: Request, vpc: str, groups: list[str]) -> LoadBalancer:
        name, scheme = request["Name"], request.get("Scheme", "internet-facing")
        prefix = "internal-" if scheme == "internal" else ""
        number = 1_000_000_000 + self.account.identifiers.number(1_000_000_000)
        return LoadBalancer(
            arn=self.arn(f"loadbalancer/app/{name}/{self.account.identifiers.hex(16)}"),
            name=name,
            dns_name=f"{prefix}{name}-{number}.{self.region}.elb.amazonaws.com",
            scheme=scheme,
            vpc=vpc,
            nodes=[],
            security_groups=groups,
            created=self.now,
            address_type=request.get("IpAddressType", "ipv4"),
            attributes=dict(attributes.BALANCER),
            tags=tags_of(request),
        )

    def _node(self, balancer: LoadBalancer, subnet: Subnet) -> Node:
        public = balancer.scheme == "internet-facing"
        groups = tuple(balancer.security_groups)
        interface = self.network.attach(subnet, groups, balancer.arn, self.account.identifiers, public=public)
        return Node(subnet.zone, subnet.id, interface.id)

    def _same(self, known: LoadBalancer, request: Request, subnets: list[Subnet], groups: list[str]) -> LoadBalancer:
        asked = (request.get("Scheme", "internet-facing"), {one.id for one in subnets}, set(groups), tags_of(request))
        has = (known.scheme, {one.subnet for one in known.nodes}, set(known.security_groups), known.tags)
        if asked != has:
            raise AwsError(
                "DuplicateLoadBalancerName",
                f"A load balancer with the same name '{known.name}' exists, but with different settings",
            )
        return known

    def _remove_balancer(self, balancer: LoadBalancer) -> None:
        records = self.balancing
        for listener in self.listeners_of(balancer.arn):
            for rule in self.rules_of(listener.arn):
                del records.rules[rule.arn]
            del records.listeners[listener.arn]
        for node in balancer.nodes:
            self.network.detach(node.interface)
        del records.balancers[balancer.arn]
        self.traffic.offers.pop(balancer.name, None)

    def _described_balancer(self, balancer: LoadBalancer) -> dict[str, Any]:
        return {
            "LoadBalancerArn": balancer.arn,
            "DNSName": balancer.dns_name,
            "CanonicalHostedZoneId": HOSTED_ZONES.get(self.region, HOSTED_ZONES["us-east-1"]),
            "CreatedTime": balancer.created,
            "LoadBalancerName": balancer.name,
            "Scheme": balancer.scheme,
            "VpcId": balancer.vpc,
            "State": {"Code": "active" if balancer.active else "provisioning"},
            "Type": "application",
            "AvailabilityZones": _zones(balancer),
            "SecurityGroups": balancer.security_groups,
            "IpAddressType": balancer.address_type,
        }


def _zones(balancer: LoadBalancer) -> list[dict[str, Any]]:
    return [{"ZoneName": one.zone, "SubnetId": one.subnet, "LoadBalancerAddresses": []} for one in balancer.nodes]


def _check_zones(subnets: list[Subnet]) -> None:
    if len({one.vpc for one in subnets}) > 1:
        raise AwsError("InvalidConfigurationRequest", "All subnets must belong to the same VPC")
    if len({one.zone for one in subnets}) < len(subnets):
        raise AwsError(
            "InvalidConfigurationRequest",
            "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
        )
