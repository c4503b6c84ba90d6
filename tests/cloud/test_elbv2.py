"""Elastic Load Balancing: what it refuses, how targets become healthy and why not, what becomes of offered traffic."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator
from landscape import ANYWHERE, Landscape

from dockyard.cloud.account import Account
from dockyard.cloud.cloudwatch.service import CloudWatch
from dockyard.cloud.elbv2.conditions import Asked, actions_for
from dockyard.cloud.elbv2.service import ElasticLoadBalancing
from dockyard.cloud.elbv2.state import Tally
from dockyard.cloud.neighbours import Rule, SecurityGroup, Subnet
from dockyard.cloud.network import Endpoint, Interface, Network
from dockyard.cloud.service import Service, effect
from dockyard.cloud.simulation import Simulation
from dockyard.errors import AwsError

HERE = "us-east-1"
START = 1_800_000_000.0
MODEL = botocore.session.get_session().get_service_model("elbv2")


@dataclass
class Heard:
    """What ECS heard: the moment, the address, and the target's state then."""

    changes: list[tuple[float, str, str]] = field(default_factory=list)


class Listening(Service):
    """Stands where ECS stands and writes down which targets changed."""

    name = "ecs"
    prefix = "ecs"
    state_type = Heard

    @effect
    def target_changed(self, group: str, address: str, port: int) -> None:
        found = self.peer(ElasticLoadBalancing).health(group, address, port)
        self.records.changes.append((self.now - START, address, found.state if found else "gone"))


class World(Simulation):
    """A world with a load balancer's two neighbours in it, and the shortest ways to speak to it."""

    kinds = {"elbv2": ElasticLoadBalancing, "ecs": Listening, "cloudwatch": CloudWatch}
    land: Landscape

    def aws(self, operation: str, **request: Any) -> dict[str, Any]:
        """A call as boto3 makes it; request and response must fit botocore's model."""
        model = MODEL.operation_model(operation)
        assert not ParamValidator().validate(request, model.input_shape).has_errors()
        response = self.call("elbv2", operation, HERE, request)
        if model.output_shape is not None:
            report = ParamValidator().validate(response, model.output_shape)
            assert not report.has_errors(), report.generate_report()
        return response

    def refusal(self, operation: str, **request: Any) -> str:
        """The code with which a call is refused."""
        with pytest.raises(AwsError) as caught:
            self.aws(operation, **request)
        assert caught.value.status == 400
        return caught.value.code

    @property
    def balancing(self) -> ElasticLoadBalancing:
        return self.service(ElasticLoadBalancing, HERE)

    @property
    def network(self) -> Network:
        return Network.of(self.account, HERE)

    def balancer(self, name: str = "web", **other: Any) -> str:
        request = {"Name": name, "Subnets": ["subnet-a", "subnet-b"], "SecurityGroups": ["sg-lb"], **other}
        arn: str = self.aws("CreateLoadBalancer", **request)["LoadBalancers"][0]["LoadBalancerArn"]
        return arn

    def group(self, name: str = "web", **other: Any) -> str:
        request = {"Name": name, "Protocol": "HTTP", "Port": 8080, "VpcId": "vpc-1", "TargetType": "ip", **other}
        arn: str = self.aws("CreateTargetGroup", **request)["TargetGroups"][0]["TargetGroupArn"]
        return arn

    def listener(self, balancer: str, *actions: dict[str, Any], port: int = 80) -> str:
        request = {"LoadBalancerArn": balancer, "Protocol": "HTTP", "Port": port, "DefaultActions": list(actions)}
        arn: str = self.aws("CreateListener", **request)["Listeners"][0]["ListenerArn"]
        return arn

    def server(self, subnet: str = "subnet-a", *, security_group: str = "sg-task", port: int = 8080) -> Interface:
        """A server of one vCPU in a subnet."""
        there = self.network.attach(self.land.subnets[subnet], (security_group,), "task", self.account.identifiers)
        self.network.endpoints[there.address] = Endpoint(there.address, (port,), 1.0)
        return there

    def registered(self, group: str, *addresses: str) -> None:
        self.aws("RegisterTargets", TargetGroupArn=group, Targets=[{"Id": one} for one in addresses])

    def settled(self, operation: str, **request: Any) -> float:
        """Let what a describe call asks for become steady; the simulated seconds that took."""
        before = self.account.clock.now
        self.settle("elbv2", operation, HERE, request)
        return self.account.clock.now - before

    def health(self, group: str, address: str) -> tuple[str, str, str]:
        """State, reason and description, as DescribeTargetHealth says them without waiting."""
        asked = {"TargetGroupArn": group, "Targets": [{"Id": address}]}
        found = self.aws("DescribeTargetHealth", **asked)["TargetHealthDescriptions"][0]["TargetHealth"]
        return found["State"], found.get("Reason", ""), found.get("Description", "")

    def guard(self, group: str, *rules: Rule) -> None:
        """Replace the ingress rules of a security group, as EC2 does it behind the simulator's back."""
        self.land.groups[group] = replace(self.land.groups[group], ingress=rules)
        self.wake("RevokeSecurityGroupIngress was called")

    def offer(self, requests_per_second: float, cpu_ms: float = 20, seconds: float = 3600, path: str = "") -> None:
        self.balancing.offer("web", requests_per_second, cpu_ms, seconds, path)
        self.woken(HERE)

    def tally(self) -> Tally:
        return self.balancing.tally("web")

    def minutes(self, name: str) -> list[float]:
        """The minutes, since the start, for which a metric has numbers."""
        series = self.account.regions[HERE]["cloudwatch"].series.values()
        return [one - START for one in next(it for it in series if it.name == name).minutes]

    def metric(self, name: str, minute: int = -1, **dimensions: str) -> tuple[float, float] | None:
        """Total and number of samples of a metric's minute (the latest unless told), None when it has none."""
        series = self.account.regions[HERE]["cloudwatch"].series.values()
        found = [one for one in series if one.name == name and dict(one.dimensions) == dimensions]
        return (found[0].totals[minute], found[0].counts[minute]) if found else None


FIXED = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}


def forward(group: str) -> dict[str, Any]:
    return {"Type": "forward", "TargetGroupArn": group}


def whole(world: World) -> dict[str, str]:
    """The dimension of the load balancer as a whole."""
    return {"LoadBalancer": "app" + world.balancer().partition("loadbalancer/app")[2]}


@pytest.fixture
def world() -> World:
    land = Landscape()
    made = World(Account.born("123456789012", "seed", START), land)
    made.land = land
    return made


@pytest.fixture
def serving(world: World) -> tuple[World, str, list[str]]:
    """An active load balancer, its target group and the addresses of two healthy targets in two zones."""
    balancer, group = world.balancer(), world.group()
    world.listener(balancer, forward(group))
    world.advance(120)
    addresses = [world.server("subnet-a").address, world.server("subnet-b").address]
    world.registered(group, *addresses)
    world.advance(60)
    return world, group, addresses


# Load balancers


def test_a_load_balancer_is_active_after_two_minutes_and_stands_in_two_zones(world: World) -> None:
    arn = world.balancer()
    found = world.aws("DescribeLoadBalancers")["LoadBalancers"][0]
    assert found["State"] == {"Code": "provisioning"}
    assert found["DNSName"].startswith("web-")
    assert found["DNSName"].endswith(".us-east-1.elb.amazonaws.com")
    assert [one["ZoneName"] for one in found["AvailabilityZones"]] == ["us-east-1a", "us-east-1b"]
    assert [one.subnet for one in world.network.owned_by(arn)] == ["subnet-a", "subnet-b"]
    assert world.settled("DescribeLoadBalancers", Names=["web"]) == 120
    assert world.aws("DescribeLoadBalancers", Names=["web"])["LoadBalancers"][0]["State"] == {"Code": "active"}


def test_an_internal_load_balancer_says_so_in_its_name_and_takes_the_default_group(world: World) -> None:
    world.aws("CreateLoadBalancer", Name="inner", Subnets=["subnet-a", "subnet-b"], Scheme="internal")
    found = world.aws("DescribeLoadBalancers")["LoadBalancers"][0]
    assert found["DNSName"].startswith("internal-inner-")
    assert found["SecurityGroups"] == ["sg-shut"]


@pytest.mark.parametrize(
    ("code", "request_"),
    [
        ("ValidationError", {"Subnets": ["subnet-a"]}),
        ("InvalidConfigurationRequest", {"Subnets": ["subnet-a", "subnet-closed"]}),
        ("SubnetNotFound", {"Subnets": ["subnet-a", "subnet-nowhere"]}),
        ("InvalidSecurityGroup", {"SecurityGroups": ["sg-nowhere"]}),
        ("InvalidConfigurationRequest", {"SecurityGroups": ["sg-far"]}),
        ("ValidationError", {"Name": "a" * 33}),
        ("ValidationError", {"Name": "my_balancer"}),
        ("ValidationError", {"Name": "web-"}),
        ("ValidationError", {"Name": "internal-web"}),
        ("ValidationError", {"Type": "network"}),
    ],
)
def test_a_load_balancer_that_aws_refuses(world: World, code: str, request_: dict[str, Any]) -> None:
    world.land.groups["sg-far"] = SecurityGroup("sg-far", "vpc-2")
    request = {"Name": "web", "Subnets": ["subnet-a", "subnet-b"], **request_}
    assert world.refusal("CreateLoadBalancer", **request) == code
    assert world.aws("DescribeLoadBalancers")["LoadBalancers"] == []


def test_the_same_load_balancer_again_is_the_one_there_is(world: World) -> None:
    assert world.balancer() == world.balancer()
    with pytest.raises(AwsError, match="with different settings"):
        world.balancer(SecurityGroups=["sg-shut"])


def test_deleting_a_load_balancer_takes_its_listeners_and_interfaces(world: World) -> None:
    arn, group = world.balancer(), world.group()
    listener = world.listener(arn, forward(group))
    protection = {"Key": "deletion_protection.enabled", "Value": "true"}
    world.aws("ModifyLoadBalancerAttributes", LoadBalancerArn=arn, Attributes=[protection])
    assert world.refusal("DeleteLoadBalancer", LoadBalancerArn=arn) == "OperationNotPermitted"
    world.aws("ModifyLoadBalancerAttributes", LoadBalancerArn=arn, Attributes=[protection | {"Value": "false"}])
    world.aws("DeleteLoadBalancer", LoadBalancerArn=arn)
    assert world.refusal("DescribeLoadBalancers", LoadBalancerArns=[arn]) == "LoadBalancerNotFound"
    assert world.refusal("DescribeListeners", ListenerArns=[listener]) == "ListenerNotFound"
    assert world.network.interfaces == {}
    world.aws("DeleteTargetGroup", TargetGroupArn=group)


def test_pages_follow_each_other(world: World) -> None:
    names = [f"group-{number}" for number in range(5)]
    for name in names:
        world.group(name)
    seen, marker = [], {}
    while True:
        page = world.aws("DescribeTargetGroups", PageSize=2, **marker)
        seen += [one["TargetGroupName"] for one in page["TargetGroups"]]
        if "NextMarker" not in page:
            break
        marker = {"Marker": page["NextMarker"]}
    assert seen == names


def test_tags_of_everything_can_be_changed(world: World) -> None:
    balancer, group = world.balancer(Tags=[{"Key": "team", "Value": "ml"}]), world.group()
    listener = world.listener(balancer, forward(group))
    rule = world.aws("DescribeRules", ListenerArn=listener)["Rules"][0]["RuleArn"]
    world.aws("AddTags", ResourceArns=[balancer, group, listener], Tags=[{"Key": "cost", "Value": "1"}])
    world.aws("RemoveTags", ResourceArns=[balancer], TagKeys=["team", "unknown"])
    found = world.aws("DescribeTags", ResourceArns=[balancer, group, listener])["TagDescriptions"]
    assert [one["Tags"] for one in found] == [[{"Key": "cost", "Value": "1"}]] * 3
    assert world.refusal("AddTags", ResourceArns=[rule + "x"], Tags=[{"Key": "a"}]) == "RuleNotFound"


# Target groups


def test_a_target_group_has_awss_defaults(world: World) -> None:
    arn = world.group()
    found = world.aws("DescribeTargetGroups", TargetGroupArns=[arn])["TargetGroups"][0]
    expected = {
        "HealthCheckIntervalSeconds": 30, "HealthCheckTimeoutSeconds": 5, "HealthCheckPath": "/",
        "HealthyThresholdCount": 5, "UnhealthyThresholdCount": 2, "HealthCheckPort": "traffic-port",
        "HealthCheckProtocol": "HTTP", "Matcher": {"HttpCode": "200"}, "LoadBalancerArns": [],
    }  # fmt: skip
    assert {key: found[key] for key in expected} == expected
    attributes = world.aws("DescribeTargetGroupAttributes", TargetGroupArn=arn)["Attributes"]
    assert {"Key": "deregistration_delay.timeout_seconds", "Value": "300"} in attributes


@pytest.mark.parametrize(
    ("code", "request_"),
    [
        ("ValidationError", {"Name": "a" * 33}),
        ("ValidationError", {"Name": "-web"}),
        ("ValidationError", {"HealthCheckTimeoutSeconds": 31}),
        ("ValidationError", {"HealthCheckIntervalSeconds": 301}),
        ("ValidationError", {"HealthyThresholdCount": 11}),
        ("ValidationError", {"HealthCheckPath": "health"}),
        ("ValidationError", {"Matcher": {"HttpCode": "fine"}}),
        ("ValidationError", {"Matcher": {"HttpCode": "200-599"}}),
        ("ValidationError", {"HealthCheckPort": "http"}),
    ],
)
def test_a_target_group_that_aws_refuses(world: World, code: str, request_: dict[str, Any]) -> None:
    request = {"Name": "web", "Protocol": "HTTP", "Port": 80, "VpcId": "vpc-1", "TargetType": "ip", **request_}
    assert world.refusal("CreateTargetGroup", **request) == code


def test_a_target_group_needs_protocol_port_and_vpc_but_a_functions_must_not_have_them(world: World) -> None:
    assert world.refusal("CreateTargetGroup", Name="web", Protocol="HTTP", Port=80) == "ValidationError"
    assert world.refusal("CreateTargetGroup", Name="f", TargetType="lambda", Port=80) == "ValidationError"
    found = world.aws("CreateTargetGroup", Name="f", TargetType="lambda")["TargetGroups"][0]
    assert (found["HealthCheckEnabled"], found["HealthCheckIntervalSeconds"]) == (False, 35)


def test_only_functions_may_go_without_health_checks(world: World) -> None:
    off = {"TargetGroupArn": world.group(), "HealthCheckEnabled": False}
    assert world.refusal("ModifyTargetGroup", **off) == "ValidationError"


def test_the_same_target_group_again_is_the_one_there_is(world: World) -> None:
    assert world.group() == world.group()
    request = {"Name": "web", "Protocol": "HTTP", "Port": 9, "VpcId": "vpc-1", "TargetType": "ip"}
    assert world.refusal("CreateTargetGroup", **request) == "DuplicateTargetGroupName"


def test_a_target_group_that_a_listener_uses_stays(world: World) -> None:
    group = world.group()
    listener = world.listener(world.balancer(), forward(group))
    assert world.refusal("DeleteTargetGroup", TargetGroupArn=group) == "ResourceInUse"
    world.aws("DeleteListener", ListenerArn=listener)
    world.aws("DeleteTargetGroup", TargetGroupArn=group)
    assert world.refusal("DescribeTargetGroups", TargetGroupArns=[group]) == "TargetGroupNotFound"


@pytest.mark.parametrize(("target", "code"), [("i-0abc", "ValidationError"), ("8.8.8.8", "InvalidTarget")])
def test_a_target_must_be_a_private_address(world: World, target: str, code: str) -> None:
    assert world.refusal("RegisterTargets", TargetGroupArn=world.group(), Targets=[{"Id": target}]) == code


# Listeners and rules


def test_a_listener_needs_a_target_group_that_is_there_and_not_elsewhere(world: World) -> None:
    here, there, group = world.balancer(), world.balancer("other"), world.group()
    assert not world.balancing.has_listener(group)
    world.listener(here, forward(group))
    assert world.balancing.has_listener(group)
    listener = {"Protocol": "HTTP", "Port": 80}
    taken = {"LoadBalancerArn": there, "DefaultActions": [forward(group)], **listener}
    assert world.refusal("CreateListener", **taken) == "TargetGroupAssociationLimit"
    assert (
        world.refusal("CreateListener", **taken | {"DefaultActions": [forward(group + "x")]}) == "TargetGroupNotFound"
    )
    secure = taken | {"LoadBalancerArn": here, "Protocol": "HTTPS", "Port": 443}
    assert world.refusal("CreateListener", **secure) == "ValidationError"


def test_a_port_has_one_listener(world: World) -> None:
    balancer, group, other = world.balancer(), world.group(), world.group("other")
    assert world.listener(balancer, forward(group)) == world.listener(balancer, forward(group))
    again = {"LoadBalancerArn": balancer, "Protocol": "HTTP", "Port": 80, "DefaultActions": [forward(other)]}
    assert world.refusal("CreateListener", **again) == "DuplicateListener"
    second = world.listener(balancer, forward(other), port=81)
    assert world.refusal("ModifyListener", ListenerArn=second, Port=80) == "DuplicateListener"
    world.aws("ModifyListener", ListenerArn=second, Port=82)
    found = world.aws("DescribeListeners", LoadBalancerArn=balancer)["Listeners"]
    assert [one["Port"] for one in found] == [80, 82]


def test_redirects_that_loop_and_codes_that_are_none_are_refused(world: World) -> None:
    request = {"LoadBalancerArn": world.balancer(), "Protocol": "HTTP", "Port": 80}
    loop = {"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301"}}
    assert world.refusal("CreateListener", **request, DefaultActions=[loop]) == "InvalidLoadBalancerAction"
    code = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "302"}}
    assert world.refusal("CreateListener", **request, DefaultActions=[code]) == "ValidationError"


def test_rules_keep_their_priorities_apart_and_the_default_one_stays(world: World) -> None:
    group = world.group()
    listener = world.listener(world.balancer(), forward(group))
    rule = {"ListenerArn": listener, "Actions": [forward(group)]}
    path = [{"Field": "path-pattern", "Values": ["/predict*"]}]
    first = world.aws("CreateRule", **rule, Priority=10, Conditions=path)["Rules"][0]
    assert first["Conditions"][0]["PathPatternConfig"] == {"Values": ["/predict*"]}
    assert world.refusal("CreateRule", **rule, Priority=10, Conditions=path) == "PriorityInUse"
    assert world.refusal("CreateRule", **rule, Priority=11, Conditions=[{"Field": "mood"}]) == "ValidationError"
    second = world.aws("CreateRule", **rule, Priority=5, Conditions=path)["Rules"][0]
    found = world.aws("DescribeRules", ListenerArn=listener)["Rules"]
    assert [one["Priority"] for one in found] == ["5", "10", "default"]
    assert world.refusal("DeleteRule", RuleArn=found[2]["RuleArn"]) == "OperationNotPermitted"
    world.aws(
        "SetRulePriorities",
        RulePriorities=[
            {"RuleArn": first["RuleArn"], "Priority": 5},
            {"RuleArn": second["RuleArn"], "Priority": 10},
        ],
    )
    found = world.aws("DescribeRules", ListenerArn=listener)["Rules"]
    assert found[0]["RuleArn"] == first["RuleArn"]
    world.aws("DeleteRule", RuleArn=first["RuleArn"])
    assert len(world.aws("DescribeRules", ListenerArn=listener)["Rules"]) == 2


@pytest.mark.parametrize(
    ("condition", "meets", "misses"),
    [
        ({"Field": "path-pattern", "Values": ["/v?/*"]}, Asked("h", "/v1/predict"), Asked("h", "/V1/predict")),
        ({"Field": "path-pattern", "Values": ["/[ab]"]}, Asked("h", "/[ab]"), Asked("h", "/a")),
        ({"Field": "host-header", "Values": ["*.example.com"]}, Asked("api.EXAMPLE.com:80"), Asked("example.com")),
        (
            {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-Beta", "Values": ["yes"]}},
            Asked("h", headers={"x-beta": "Yes"}),
            Asked("h"),
        ),
        (
            {"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["POST"]}},
            Asked("h", method="POST"),
            Asked("h"),
        ),
        (
            {"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "v", "Value": "2"}]}},
            Asked("h", query=(("v", "2"),)),
            Asked("h", query=(("w", "2"),)),
        ),
        (
            {"Field": "source-ip", "SourceIpConfig": {"Values": ["203.0.113.0/24"]}},
            Asked("h"),
            Asked("h", source="198.51.100.1"),
        ),
    ],
)
def test_a_condition_holds_for_what_it_says(
    world: World, condition: dict[str, Any], meets: Asked, misses: Asked
) -> None:
    listener = world.listener(world.balancer(), forward(world.group()))
    beta = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "200"}}
    world.aws("CreateRule", ListenerArn=listener, Priority=1, Conditions=[condition], Actions=[beta])
    kept, rules = world.balancing.listener(listener), world.balancing.rules_of(listener)
    assert actions_for(kept, rules, meets) == [beta]
    assert actions_for(kept, rules, misses) == kept.actions


@pytest.mark.parametrize(
    "conditions",
    [
        [{"Field": "path-pattern", "Values": ["/a", "/b", "/c", "/d", "/e", "/f"]}],
        [{"Field": "path-pattern", "Values": ["/*/*/*/*/*/*"]}],
        [{"Field": "path-pattern", "Values": ["/a"]}, {"Field": "path-pattern", "Values": ["/b"]}],
        [{"Field": "path-pattern", "Values": ["/" + "a" * 128]}],
        [{"Field": "path-pattern", "PathPatternConfig": {"Values": []}}],
        [{"Field": "path-pattern", "RegexValues": ["/a+"]}],
        [{"Field": "source-ip", "SourceIpConfig": {"Values": ["203.0.113.7"]}}],
        [{"Field": "source-ip", "SourceIpConfig": {"Values": ["nowhere/8"]}}],
        [{"Field": "source-ip"}],
        [{"Field": "http-header", "HttpHeaderConfig": {"Values": ["yes"]}}],
        [{"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "Host", "Values": ["yes"]}}],
        [{"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["post"]}}],
        [{"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "v"}]}}],
        [{"Field": "query-string", "QueryStringConfig": {}}],
    ],
)
def test_a_condition_that_aws_refuses_is_refused(world: World, conditions: list[dict[str, Any]]) -> None:
    listener = world.listener(world.balancer(), forward(world.group()))
    request = {"ListenerArn": listener, "Priority": 1, "Actions": [FIXED]}
    assert world.refusal("CreateRule", **request, Conditions=conditions) == "ValidationError"
    assert world.balancing.rules_of(listener) == []


@pytest.mark.parametrize("wrong", [{"Path": "no-slash"}, {"Port": "0"}, {"Port": "70000"}, {"Port": "http"}])
def test_a_redirect_to_nowhere_is_refused(world: World, wrong: dict[str, str]) -> None:
    action = {"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_302", **wrong}}
    request = {"LoadBalancerArn": world.balancer(), "Protocol": "HTTP", "Port": 80}
    assert world.refusal("CreateListener", **request, DefaultActions=[action]) == "InvalidLoadBalancerAction"


# Health


def test_a_new_target_is_healthy_after_one_passed_check(world: World) -> None:
    group = world.group()
    world.listener(world.balancer(), forward(group))
    world.advance(120)
    address = world.server().address
    world.registered(group, address)
    assert world.health(group, address)[:2] == ("initial", "Elb.RegistrationInProgress")
    world.advance(10)
    assert world.health(group, address) == ("healthy", "", "")


def test_describing_targets_settles_until_none_is_initial_or_draining(world: World) -> None:
    group = world.group()
    world.listener(world.balancer(), forward(group))
    address = world.server().address
    world.registered(group, address)
    assert world.settled("DescribeTargetHealth", TargetGroupArn=group) == 125
    assert world.health(group, address)[0] == "healthy"
    world.aws("DeregisterTargets", TargetGroupArn=group, Targets=[{"Id": address}])
    assert world.settled("DescribeTargetHealth", TargetGroupArn=group) == 300


def test_why_a_target_is_unhealthy(serving: tuple[World, str, list[str]]) -> None:
    world, group, _ = serving
    shut, deaf, wrong = world.server(security_group="sg-shut"), world.server(port=5000), world.server()
    world.network.endpoints[wrong.address].answers["/"] = 404
    world.registered(group, shut.address, deaf.address, wrong.address)
    world.advance(10)
    assert world.health(group, deaf.address)[:2] == ("initial", "Elb.InitialHealthChecking")
    world.advance(30)
    assert world.health(group, shut.address) == ("unhealthy", "Target.Timeout", "Request timed out")
    assert world.health(group, deaf.address) == ("unhealthy", "Target.FailedHealthChecks", "Health checks failed")
    codes = "Health checks failed with these codes: [404]"
    assert world.health(group, wrong.address) == ("unhealthy", "Target.ResponseCodeMismatch", codes)


@pytest.mark.parametrize(("codes", "state"), [("200-299", "healthy"), ("200,204", "healthy"), ("200-203", "unhealthy")])
def test_the_matcher_says_which_codes_are_good(world: World, codes: str, state: str) -> None:
    group = world.group(Matcher={"HttpCode": codes}, HealthCheckPath="/health")
    world.listener(world.balancer(), forward(group))
    address = world.server().address
    world.network.endpoints[address].answers["/health"] = 204
    world.registered(group, address)
    world.advance(180)
    assert world.health(group, address)[0] == state


def test_why_a_target_is_unused(world: World) -> None:
    group, address = world.group(), world.server("subnet-a").address
    world.registered(group, address)
    not_configured = "Target group is not configured to receive traffic from the load balancer"
    assert world.health(group, address) == ("unused", "Target.NotInUse", not_configured)
    listener = world.listener(world.balancer(), forward(group))
    assert world.health(group, address)[0] == "initial"
    world.land.subnets["subnet-c"] = Subnet("subnet-c", "vpc-1", "us-east-1c", "10.0.4.0/24", "internet gateway")
    far = world.server("subnet-c").address
    world.registered(group, far)
    zone = "Target is in an Availability Zone that is not enabled for the load balancer"
    assert world.health(group, far) == ("unused", "Target.NotInUse", zone)
    assert world.health(group, "10.0.1.99")[:2] == ("unused", "Target.NotRegistered")
    world.aws("DeleteListener", ListenerArn=listener)
    assert world.health(group, address)[0] == "unused"


def test_a_zone_that_the_load_balancer_enters_is_in_use(world: World) -> None:
    group, balancer = world.group(), world.balancer()
    world.listener(balancer, forward(group))
    world.land.subnets["subnet-c"] = Subnet("subnet-c", "vpc-1", "us-east-1c", "10.0.4.0/24", "internet gateway")
    far = world.server("subnet-c").address
    world.registered(group, far)
    world.advance(200)
    world.aws("SetSubnets", LoadBalancerArn=balancer, Subnets=["subnet-b", "subnet-c"])
    world.advance(10)
    assert world.health(group, far)[0] == "healthy"
    assert [one.subnet for one in world.network.owned_by(balancer)] == ["subnet-b", "subnet-c"]


def test_healthy_falls_after_two_failures_and_comes_back_after_five_passes(
    serving: tuple[World, str, list[str]],
) -> None:
    world, group, (address, _) = serving
    world.network.endpoints[address].answers["/"] = 500
    world.balancing.look_again(address)
    world.advance(30)
    assert world.health(group, address)[0] == "healthy"
    world.advance(30)
    assert world.health(group, address)[0] == "unhealthy"
    world.network.endpoints[address].answers.clear()
    world.balancing.look_again(address)
    world.advance(4 * 30)
    assert world.health(group, address)[0] == "unhealthy"
    world.advance(30)
    assert world.health(group, address)[0] == "healthy"


def test_checks_rest_while_nothing_can_change(serving: tuple[World, str, list[str]]) -> None:
    world, _, (address, _) = serving
    rounds = [one for one in world.account.agenda.entries if one.effect == "check_targets"]
    assert rounds == []
    world.balancing.look_again(address)
    assert [one.effect for one in world.account.agenda.entries if one.service == "elbv2"] == ["check_targets"]


def test_closing_a_security_group_is_noticed_and_is_the_cause(serving: tuple[World, str, list[str]]) -> None:
    world, group, (address, _) = serving
    causes = world.account.causes
    world.guard("sg-task")
    world.advance(60)
    assert world.health(group, address)[:2] == ("unhealthy", "Target.Timeout")
    number = max(one for one, cause in causes.kept.items() if f"target {address}:8080 became unhealthy" in cause.what)
    assert [one.what for one in causes.chain(number)][1:] == ["RevokeSecurityGroupIngress was called"]
    world.guard("sg-task", ANYWHERE)
    world.advance(5 * 30)
    assert world.health(group, address)[0] == "healthy"


def test_each_target_has_its_own_cause(serving: tuple[World, str, list[str]]) -> None:
    world, _, addresses = serving
    causes = world.account.causes
    for address in addresses:
        causes.current = causes.note(world.account.clock.now, f"the server at {address} died", 0)
        del world.network.endpoints[address]
        world.balancing.look_again(address)
    world.advance(60)
    for address in addresses:
        texts = {number: cause.what for number, cause in causes.kept.items()}
        number = max(one for one, text in texts.items() if f"target {address}:8080 became unhealthy" in text)
        assert causes.chain(number)[-1].what == f"the server at {address} died"


def test_what_happens_while_a_target_is_failing_is_not_why_it_fails(serving: tuple[World, str, list[str]]) -> None:
    world, _, (address, _) = serving
    causes = world.account.causes
    causes.current = causes.note(world.account.clock.now, "the server died", 0)
    del world.network.endpoints[address]
    world.balancing.look_again(address)
    world.advance(31)
    world.wake("CreateBucket was called")
    world.advance(30)
    number = max(one for one, cause in causes.kept.items() if "became unhealthy" in cause.what)
    assert causes.chain(number)[-1].what == "the server died"


def test_ecs_hears_of_every_change_of_state(serving: tuple[World, str, list[str]]) -> None:
    world, group, _ = serving
    changes = world.service(Listening, HERE).records.changes
    address, began = world.server().address, world.account.clock.now - START
    world.balancing.register(group, address, 8080)
    world.advance(5)
    assert world.balancing.deregister(group, address, 8080) == 300
    world.advance(300)
    expected = [(began + 5, "healthy"), (began + 5, "draining"), (began + 305, "gone")]
    assert changes == [(moment, address, state) for moment, state in expected]


def test_a_target_drains_for_the_delay_and_is_gone(serving: tuple[World, str, list[str]]) -> None:
    world, group, (address, other) = serving
    delay = {"Key": "deregistration_delay.timeout_seconds", "Value": "60"}
    world.aws("ModifyTargetGroupAttributes", TargetGroupArn=group, Attributes=[delay])
    world.aws("DeregisterTargets", TargetGroupArn=group, Targets=[{"Id": address}, {"Id": "10.0.1.99"}])
    world.advance(59)
    assert world.health(group, address)[:2] == ("draining", "Target.DeregistrationInProgress")
    world.advance(1)
    assert world.health(group, address)[:2] == ("unused", "Target.NotRegistered")
    described = world.aws("DescribeTargetHealth", TargetGroupArn=group)["TargetHealthDescriptions"]
    assert [one["Target"]["Id"] for one in described] == [other]
    wrong = [delay | {"Value": "3601"}]
    assert world.refusal("ModifyTargetGroupAttributes", TargetGroupArn=group, Attributes=wrong) == "ValidationError"


def test_a_draining_target_that_is_registered_again_stays(serving: tuple[World, str, list[str]]) -> None:
    world, group, (address, _) = serving
    world.aws("DeregisterTargets", TargetGroupArn=group, Targets=[{"Id": address}])
    world.advance(100)
    world.registered(group, address)
    world.advance(300)
    assert world.health(group, address)[0] == "healthy"


# Traffic


def test_traffic_is_shared_equally_and_becomes_cpu_and_metrics(serving: tuple[World, str, list[str]]) -> None:
    world, group, addresses = serving
    world.offer(60, cpu_ms=20, seconds=600)
    world.advance(60)
    assert [world.network.endpoints[one].busy_ms for one in addresses] == pytest.approx([36_000, 36_000])  # 60 % CPU
    within = {**whole(world), "TargetGroup": group.rpartition(":")[2]}
    for dimensions in (whole(world), within):
        assert world.metric("RequestCount", **dimensions) == (pytest.approx(3600), 1)
        assert world.metric("HTTPCode_Target_2XX_Count", **dimensions) == (pytest.approx(3600), 1)
        # 20 ms of service on a server that is busy 60 % of the time take 50 ms
        assert world.metric("TargetResponseTime", **dimensions) == (pytest.approx(3600 * 0.05), pytest.approx(3600))
    assert world.minutes("TargetResponseTime") == [180]
    assert world.minutes("RequestCount")[-1] == 180
    assert world.metric("RequestCountPerTarget", **within) == (pytest.approx(1800), 1)
    assert world.metric("HealthyHostCount", **within) == (2, 1)
    assert world.metric("UnHealthyHostCount", **within) == (0, 1)
    assert world.metric("HTTPCode_ELB_5XX_Count", **whole(world)) is None
    assert world.metric("HTTPCode_Target_5XX_Count", **whole(world)) is None


def test_an_offer_ends_and_another_replaces_it(serving: tuple[World, str, list[str]]) -> None:
    world, _, _ = serving
    world.offer(10, seconds=90)
    world.advance(30)
    world.offer(20, seconds=45)
    world.advance(600)
    assert world.tally().requests == pytest.approx(10 * 30 + 20 * 45)
    world.offer(10)
    world.offer(0)
    world.advance(60)
    assert world.tally().requests == pytest.approx(10 * 30 + 20 * 45)
    with pytest.raises(AwsError, match="not found") as caught:
        world.balancing.offer("nobody", 1, 1, 1)
    assert caught.value.code == "LoadBalancerNotFound"


def test_counting_looks_and_touches_nothing(serving: tuple[World, str, list[str]]) -> None:
    world, _, _ = serving
    world.offer(10)
    world.advance(7)
    before = world.account.described()
    assert world.tally().requests == pytest.approx(70)
    assert world.account.described() == before


def test_a_server_that_dies_fails_its_share_until_its_target_is_unhealthy(
    serving: tuple[World, str, list[str]],
) -> None:
    world, group, (address, other) = serving
    world.offer(10)
    world.advance(20)
    del world.network.endpoints[address]
    world.balancing.look_again(address)
    died = world.account.clock.now
    while world.balancing.health(group, address, 8080).state == "healthy":  # type: ignore[union-attr]
        world.advance(1)
    seconds = world.account.clock.now - died
    assert 30 < seconds <= 60
    world.advance(100)
    tally = world.tally()
    assert tally.failed == pytest.approx(5 * seconds, abs=5)
    assert tally.served == pytest.approx(10 * (120 + seconds) - tally.failed)
    assert world.network.endpoints[other].busy_ms > 0


def test_an_endpoint_that_vanishes_without_a_word_is_noticed_within_a_minute(
    serving: tuple[World, str, list[str]],
) -> None:
    world, _, (address, _) = serving
    world.offer(10)
    del world.network.endpoints[address]
    world.advance(180)
    assert world.tally().failed >= 5 * 120


def test_with_no_healthy_target_all_get_traffic(serving: tuple[World, str, list[str]]) -> None:
    world, group, addresses = serving
    for address in addresses:
        world.network.endpoints[address].answers["/"] = 404
        world.balancing.look_again(address)
    world.advance(60)
    assert world.health(group, addresses[0])[0] == "unhealthy"
    world.offer(10, seconds=60)
    world.advance(60)
    assert world.tally().served == pytest.approx(600)
    within = {**whole(world), "TargetGroup": group.rpartition(":")[2]}
    assert world.metric("HealthyHostCount", **within) == (0, 1)
    assert world.metric("UnHealthyHostCount", **within) == (2, 1)


def test_no_targets_answer_503_and_a_closed_way_504(serving: tuple[World, str, list[str]]) -> None:
    world, group, addresses = serving
    world.guard("sg-task")
    world.offer(10, seconds=60)
    world.advance(60)
    assert world.metric("HTTPCode_ELB_504_Count", **whole(world)) == (pytest.approx(600), 1)
    for address in addresses:
        world.aws("DeregisterTargets", TargetGroupArn=group, Targets=[{"Id": address}])
    world.offer(10, seconds=60)
    world.advance(60)
    assert world.metric("HTTPCode_ELB_503_Count", **whole(world)) == (pytest.approx(600), 1)
    assert world.metric("HTTPCode_ELB_5XX_Count", **whole(world)) == (pytest.approx(600), 1)
    assert world.tally().failed == pytest.approx(1200)


def test_nobody_gets_through_a_closed_front_door(serving: tuple[World, str, list[str]]) -> None:
    world, _, _ = serving
    world.offer(10, seconds=120)
    world.advance(60)
    world.guard("sg-lb")
    world.advance(60)
    tally = world.tally()
    assert (tally.served, tally.failed, tally.lost) == pytest.approx((600, 0, 600))
    assert world.metric("RequestCount", **whole(world)) == (0, 1)
    assert world.metric("HTTPCode_ELB_5XX_Count", **whole(world)) is None


def test_a_subnet_without_internet_gateway_lets_nobody_in(serving: tuple[World, str, list[str]]) -> None:
    world, _, _ = serving
    world.land.subnets["subnet-b"] = replace(world.land.subnets["subnet-b"], way_out="nat gateway")
    world.wake(HERE)
    world.offer(10, seconds=60)
    world.advance(60)
    assert (world.tally().served, world.tally().lost) == pytest.approx((300, 300))


@pytest.mark.parametrize(("scheme", "waited"), [("internal", 200), ("internet-facing", 30)])
def test_the_internet_finds_no_load_balancer_that_is_internal_or_not_active(
    world: World, scheme: str, waited: float
) -> None:
    world.listener(world.balancer(Scheme=scheme), forward(world.group()))
    world.advance(waited)
    world.offer(10, seconds=60)
    world.advance(60)
    assert (world.tally().failed, world.tally().lost) == pytest.approx((0, 600))


def test_overload_serves_what_the_cpu_can_and_fails_the_rest(serving: tuple[World, str, list[str]]) -> None:
    world, _, addresses = serving
    world.offer(150, cpu_ms=20, seconds=60)
    world.advance(60)
    tally = world.tally()
    assert (tally.served, tally.failed) == pytest.approx((100 * 60, 50 * 60))
    assert world.network.endpoints[addresses[0]].busy_ms == pytest.approx(60_000)


def test_a_path_that_answers_500_counts_as_the_targets(serving: tuple[World, str, list[str]]) -> None:
    world, _, addresses = serving
    world.network.endpoints[addresses[0]].answers["/predict"] = 500
    world.offer(10, seconds=60, path="/predict")
    world.advance(60)
    assert world.metric("HTTPCode_Target_5XX_Count", **whole(world)) == (pytest.approx(300), 1)
    assert (world.tally().served, world.tally().failed) == pytest.approx((300, 300))


def test_weights_divide_the_traffic(serving: tuple[World, str, list[str]]) -> None:
    world, group, addresses = serving
    canary, server = world.group("canary"), world.server()
    config = {"TargetGroups": [{"TargetGroupArn": group, "Weight": 9}, {"TargetGroupArn": canary, "Weight": 1}]}
    listener = world.aws("DescribeListeners", LoadBalancerArn=world.balancer())["Listeners"][0]["ListenerArn"]
    split = [{"Type": "forward", "ForwardConfig": config}]
    world.aws("ModifyListener", ListenerArn=listener, DefaultActions=split)
    world.registered(canary, server.address)
    world.advance(10)
    world.offer(100, cpu_ms=1, seconds=60)
    world.advance(60)
    busy = [world.network.endpoints[one].busy_ms for one in (*addresses, server.address)]
    assert busy == pytest.approx([2700, 2700, 600])


def test_a_fork_bears_its_own_load(serving: tuple[World, str, list[str]]) -> None:
    world, _, _ = serving
    fork = world.fork("spike", world.land)
    fork.service(ElasticLoadBalancing, HERE).offer("web", 10, 20, 60)
    fork.advance(60)
    assert fork.service(ElasticLoadBalancing, HERE).tally("web").served == pytest.approx(600)
    assert world.tally().requests == 0
