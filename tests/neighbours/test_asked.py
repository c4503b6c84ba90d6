"""What the simulator asks of EC2, IAM and Secrets Manager, built by a real client as a learner builds it."""

from __future__ import annotations

import json

import pytest
from neighbours.clients import ACCOUNT, Line, client, neighbours_of, world

from dockyard.cloud.neighbours import Rule
from dockyard.cloud.network import Interface

US = "us-east-1"


def trust(service: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_a_new_account_has_a_default_vpc_with_a_way_out() -> None:
    own = world()
    ec2, asked = client(own, "ec2"), neighbours_of(own)
    described = ec2.describe_subnets()["Subnets"]
    assert len({one["AvailabilityZone"] for one in described}) >= 3
    for one in described:
        subnet = asked.subnet(US, one["SubnetId"])
        assert subnet is not None
        assert (subnet.vpc, subnet.zone, subnet.cidr) == (one["VpcId"], one["AvailabilityZone"], one["CidrBlock"])
        assert subnet.way_out == "internet gateway"
    default = asked.default_security_group(US, described[0]["VpcId"])
    assert default == ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]
    group = asked.security_group(US, default)
    assert group is not None
    assert group.egress == (Rule("-1", -1, -1, ("0.0.0.0/0",)),)
    assert asked.subnet(US, "subnet-unknown") is None
    assert asked.subnet("mars-1", described[0]["SubnetId"]) is None


def test_where_a_route_table_leads() -> None:
    own = world()
    ec2, asked = client(own, "ec2"), neighbours_of(own)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    public, private, closed = (
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone="us-east-1b")["Subnet"]["SubnetId"]
        for n in range(3)
    )

    def ways_out() -> list[str]:
        return [asked.subnet(US, one).way_out for one in (public, private, closed)]  # type: ignore[union-attr]

    assert ways_out() == ["", "", ""]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    ec2.associate_route_table(RouteTableId=table, SubnetId=public)
    assert ways_out() == ["internet gateway", "", ""]

    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=public, AllocationId=address)["NatGateway"]["NatGatewayId"]
    inner = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=inner, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)
    ec2.associate_route_table(RouteTableId=inner, SubnetId=private)
    assert ways_out() == ["internet gateway", "nat gateway", ""]

    main = ec2.describe_route_tables(
        Filters=[{"Name": "vpc-id", "Values": [vpc]}, {"Name": "association.main", "Values": ["true"]}]
    )["RouteTables"][0]["RouteTableId"]
    ec2.create_route(RouteTableId=main, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    assert ways_out() == ["internet gateway", "nat gateway", "internet gateway"]  # closed follows the main table

    ec2.delete_nat_gateway(NatGatewayId=nat)
    ec2.delete_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0")
    assert ways_out() == ["", "", "internet gateway"]
    ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    assert ways_out() == ["", "", ""]
    other = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=other)
    assert ways_out() == ["", "", ""]  # the route leads to another VPC's gateway


def test_rules_endpoints_and_default_groups() -> None:
    own = world()
    ec2, asked = client(own, "ec2"), neighbours_of(own)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    front = ec2.create_security_group(GroupName="front", Description="d", VpcId=vpc)["GroupId"]
    back = ec2.create_security_group(GroupName="back", Description="d", VpcId=vpc)["GroupId"]
    ec2.authorize_security_group_ingress(
        GroupId=front,
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
            {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.0.0.0/8"}]},
        ],
    )
    ec2.authorize_security_group_ingress(
        GroupId=back,
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8090, "UserIdGroupPairs": [{"GroupId": front}]}
        ],
    )
    found, behind = asked.security_group(US, front), asked.security_group(US, back)
    assert found is not None
    assert behind is not None
    assert set(found.ingress) == {Rule("tcp", 80, 80, ("0.0.0.0/0",)), Rule("-1", -1, -1, ("10.0.0.0/8",))}
    assert behind.ingress == (Rule("tcp", 8080, 8090, groups=(front,)),)
    assert asked.default_security_group(US, vpc) not in (None, front, back)

    assert asked.endpoints(US, vpc) == frozenset()
    for name in ("ecr.api", "logs"):
        ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=f"com.amazonaws.us-east-1.{name}", VpcEndpointType="Interface")
    assert asked.endpoints(US, vpc) == {"ecr.api", "logs"}
    ec2.revoke_security_group_egress(
        GroupId=back, IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    )
    assert asked.security_group(US, back).egress == ()  # type: ignore[union-attr]


def test_what_a_role_may_and_who_assumes_it() -> None:
    own = world()
    iam, asked = client(own, "iam"), neighbours_of(own)
    assert asked.role(f"arn:aws:iam::{ACCOUNT}:role/execution") is None
    arn = iam.create_role(RoleName="execution", AssumeRolePolicyDocument=trust("ecs-tasks.amazonaws.com"))["Role"][
        "Arn"
    ]
    role = asked.role(arn)
    assert role is not None
    assert role.trusted_services == {"ecs-tasks.amazonaws.com"}
    image = f"arn:aws:ecr:{US}:{ACCOUNT}:repository/iris"
    silent = "because no identity-based policy allows the ecr:BatchGetImage action"
    assert asked.objection(arn, "ecr:BatchGetImage", image) == silent

    managed = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
    iam.attach_role_policy(RoleName="execution", PolicyArn=managed)
    for action in ("ecr:BatchGetImage", "ecr:GetAuthorizationToken", "logs:CreateLogStream", "logs:PutLogEvents"):
        assert asked.objection(arn, action, image) is None, action
    assert asked.objection(arn, "logs:CreateLogGroup", "*") is not None

    deny = {"Effect": "Deny", "Action": "ecr:*", "Resource": f"arn:aws:ecr:*:{ACCOUNT}:repository/iris"}
    iam.put_role_policy(
        RoleName="execution",
        PolicyName="no-iris",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": deny}),
    )
    assert asked.objection(arn, "ecr:BatchGetImage", image) == "with an explicit deny in an identity-based policy"
    assert asked.objection(arn, "ecr:BatchGetImage", image.replace("iris", "other")) is None
    iam.delete_role_policy(RoleName="execution", PolicyName="no-iris")

    iam.put_role_permissions_boundary(
        RoleName="execution", PermissionsBoundary="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
    )
    limited = "because no permissions boundary allows the ecr:BatchGetImage action"
    assert asked.objection(arn, "ecr:BatchGetImage", image) == limited
    iam.delete_role_permissions_boundary(RoleName="execution")
    iam.detach_role_policy(RoleName="execution", PolicyArn=managed)
    assert asked.objection(arn, "logs:PutLogEvents", "*") is not None
    iam.update_assume_role_policy(RoleName="execution", PolicyDocument=trust("ec2.amazonaws.com"))
    assert asked.role(arn).trusted_services == {"ec2.amazonaws.com"}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "name", ["AdministratorAccess", "SecretsManagerReadWrite", "AmazonEC2ContainerRegistryReadOnly"]
)
def test_managed_policies_of_aws_are_there_listed_or_not(name: str) -> None:
    own = world()
    iam = client(own, "iam")
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust("ecs-tasks.amazonaws.com"))
    iam.attach_role_policy(RoleName="r", PolicyArn=f"arn:aws:iam::aws:policy/{name}")
    assert [one["PolicyName"] for one in iam.list_attached_role_policies(RoleName="r")["AttachedPolicies"]] == [name]
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.attach_role_policy(RoleName="r", PolicyArn="arn:aws:iam::aws:policy/NoSuchAccess")


def test_secrets_by_name_and_by_arn_as_ecs_writes_it() -> None:
    own = world()
    secrets, asked = client(own, "secretsmanager"), neighbours_of(own)
    assert not asked.secret_exists(US, "db")
    arn = secrets.create_secret(Name="db", SecretString="x")["ARN"]
    for reference in ("db", arn, arn[:-7], f"{arn}:password::"):
        assert asked.secret_exists(US, reference), reference
    assert not asked.secret_exists("eu-west-1", "db")
    assert not asked.secret_exists(US, arn.replace(":db-", ":other-"))
    secrets.delete_secret(SecretId="db")
    assert not asked.secret_exists(US, "db")


def test_the_simulators_interfaces_are_shown_and_not_kept() -> None:
    line = Line(world())
    ec2 = client(line, "ec2")
    subnet = ec2.describe_subnets()["Subnets"][0]
    group = ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]
    place = (subnet["SubnetId"], subnet["VpcId"], subnet["AvailabilityZone"], (group,))
    task = Interface("eni-0a1b2c3d4e5f60718", "172.31.0.4", "0e:00:00:00:00:01", *place, public=True, owner="task-arn")
    inner = Interface("eni-1a1b2c3d4e5f60718", "172.31.0.5", "0e:00:00:00:00:02", *place, public=False, owner="other")
    line.interfaces = [task, inner]
    found = ec2.describe_network_interfaces(NetworkInterfaceIds=[task.id])["NetworkInterfaces"]
    assert [one["PrivateIpAddress"] for one in found] == ["172.31.0.4"]
    assert found[0]["Association"]["PublicIp"] == "54.10.27.44"
    assert (found[0]["Status"], found[0]["MacAddress"], found[0]["Description"]) == ("in-use", task.mac, "task-arn")
    assert [one["GroupId"] for one in found[0]["Groups"]] == [group]
    both = ec2.describe_network_interfaces(Filters=[{"Name": "subnet-id", "Values": [subnet["SubnetId"]]}])
    assert len(both["NetworkInterfaces"]) == 2
    assert "Association" not in next(one for one in both["NetworkInterfaces"] if one["NetworkInterfaceId"] == inner.id)
    line.interfaces = []
    assert ec2.describe_network_interfaces()["NetworkInterfaces"] == []
