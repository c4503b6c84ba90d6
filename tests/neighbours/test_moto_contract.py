"""What of moto's insides the neighbours rely on: a new version of moto that is built otherwise is noticed here."""

from __future__ import annotations

import os
import subprocess
import sys

from neighbours.clients import Line, client, world

from dockyard.sandbox.moto.cures import SERVICES, knowing_regions
from dockyard.sandbox.moto.loading import loaded


def test_moto_is_the_version_that_was_measured() -> None:
    from importlib.metadata import version

    assert version("moto") == "5.2.5"


def test_regions_are_those_that_boto3_reads_from_whole_models() -> None:
    import boto3

    real, ours = boto3.Session(), knowing_regions()
    for partition in real.get_available_partitions():
        for service in SERVICES:
            regions = real.get_available_regions(service, partition)
            assert ours.get_available_regions(service, partition) == regions
    assert ours.get_available_regions("config") == real.get_available_regions("config")


def test_importing_moto_reads_no_model_of_a_service() -> None:
    program = (
        "import json\nheads, own = [], json.loads\n"
        "json.loads = lambda text, *rest, **named: heads.append(str(text[:60])) or own(text, *rest, **named)\n"
        "from dockyard.sandbox.moto.loading import loaded\nloaded()\n"
        "print([head for head in heads if 'metadata' in head])"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert told == "[]\n"


def test_no_backend_is_left_in_moto_after_a_call() -> None:
    from moto.core.base_backend import BackendDict

    kept = world()
    for service, operation in [
        ("ec2", "describe_vpcs"),
        ("iam", "list_roles"),
        ("s3", "list_buckets"),
        ("sts", "get_caller_identity"),
        ("secretsmanager", "list_secrets"),
    ]:
        getattr(client(kept, service), operation)()
        assert {dict.__len__(one) for one in BackendDict._instances} <= {0}, service
    client(kept, "ec2").describe_vpc_endpoint_services()
    assert {one.service_name for one in BackendDict._instances} <= {*SERVICES, "events", "cloudwatch"}


def test_moto_keeps_no_list_of_what_it_made() -> None:
    from moto.core.model_instances import model_data

    def listed() -> int:
        return sum(len(kind.instances_tracked) for models in model_data.values() for kind in models.values())

    client(world(), "ec2").describe_vpcs()
    before = listed()
    client(world(), "ec2").create_vpc(CidrBlock="10.0.0.0/16")
    client(world(), "iam").create_user(UserName="second")
    assert "VPC" in model_data["ec2"]
    assert listed() == before


def test_no_images_no_pages_for_other_origins_no_files() -> None:
    line = Line(world())
    assert client(line, "ec2").describe_images()["Images"] == []
    answer = line.world.call(
        "POST", "/", "", {"origin": "http://evil", "content-type": "application/x-www-form-urlencoded", "authorization":
        "AWS4-HMAC-SHA256 Credential=A/20270115/us-east-1/ec2/aws4_request, SignedHeaders=host, Signature=0"},
        b"Action=DescribeVpcs&Version=2016-11-15", now=0.0, seed="",
    )  # fmt: skip
    assert not [name for name in answer[1] if name.startswith("access-control")]
    s3 = client(line, "s3")
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="k", Body=bytes(9_000_000))
    key = line.world.backend("s3", "aws").buckets["bucket"].keys["k"]
    assert key._value_buffer._rolled is False


def test_addresses_are_the_highest_free_and_an_interface_takes_none_of_awss() -> None:
    line = Line(world())
    ec2 = client(line, "ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/28")["Subnet"]["SubnetId"]

    def run() -> str:
        made = ec2.run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1, SubnetId=subnet)["Instances"][0]
        return str(made["PrivateIpAddress"])

    assert run() == "10.0.1.14"  # .15 is the broadcast address
    line.world = line.world.fork()
    assert run() == "10.0.1.13"
    drawn = [ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"] for _ in range(8)]
    assert {one["PrivateIpAddress"] for one in drawn} <= {f"10.0.1.{n}" for n in (8, 9, 10, 11)}


def test_offerings_are_read_when_somebody_asks() -> None:
    ec2 = client(world(), "ec2")
    asked = {"LocationType": "availability-zone", "Filters": [{"Name": "instance-type", "Values": ["m5.large"]}]}
    offered = ec2.describe_instance_type_offerings(**asked)["InstanceTypeOfferings"]
    assert {one["LocationType"] for one in offered} == {"availability-zone"}
    assert {one["Location"][:-1] for one in offered} == {"us-east-1"}
    gpu = ec2.describe_instance_types(InstanceTypes=["g5.xlarge"])["InstanceTypes"][0]["GpuInfo"]["Gpus"][0]
    assert (gpu["Count"], gpu["Name"]) == (1, "A10G")


def test_endpoint_services_are_listed_the_same_in_every_region() -> None:
    kept = world()
    first = client(kept, "ec2").describe_vpc_endpoint_services()["ServiceDetails"]
    again = client(world(), "ec2").describe_vpc_endpoint_services()["ServiceDetails"]
    assert first == again
    names = {one["ServiceName"] for one in first}
    assert {f"com.amazonaws.us-east-1.{name}" for name in ("ecr.api", "ecr.dkr", "logs", "s3")} <= names


def test_peers_are_looked_for_in_this_world_only_and_also_after_it_was_saved() -> None:
    origin = world()
    there = client(origin, "ec2", "eu-west-1").create_vpc(CidrBlock="10.2.0.0/16")["Vpc"]["VpcId"]
    here = client(origin, "ec2").create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    fork = origin.fork()
    client(fork, "ec2").create_vpc_peering_connection(VpcId=here, PeerVpcId=there, PeerRegion="eu-west-1")

    def peers(asked: object) -> int:
        return len(client(asked, "ec2", "eu-west-1").describe_vpc_peering_connections()["VpcPeeringConnections"])  # type: ignore[arg-type]

    assert (peers(fork), peers(origin)) == (1, 0)


def test_the_text_of_all_managed_policies_is_not_kept() -> None:
    from moto.iam import aws_managed_policies, models

    loaded()
    assert aws_managed_policies.aws_managed_policies_data == models.aws_managed_policies_data == ""


def test_a_profile_that_does_not_exist_stops_nothing() -> None:
    code = (
        "from neighbours.clients import world; from dockyard.sandbox.moto import warm; warm(); "
        "world().networks('us-east-1').subnets or exit(1); import os; os.environ['AWS_PROFILE']"
    )
    environment = {**os.environ, "AWS_PROFILE": "no-such-profile", "PYTHONPATH": "tests"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_moto_lists_the_methods_of_a_class_once() -> None:
    import moto.core.responses as responses
    from moto.iam.responses import IamResponse

    loaded()
    assert "list_roles" in responses.method_names_from_class(IamResponse)
    assert responses.method_names_from_class(IamResponse) is responses.method_names_from_class(IamResponse)


def test_a_default_security_group_lets_in_itself_and_goes_with_its_vpc() -> None:
    ec2 = client(world(), "ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    for where in (vpc, ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"][0]["VpcId"]):
        wanted = [{"Name": "vpc-id", "Values": [where]}, {"Name": "group-name", "Values": ["default"]}]
        group = ec2.describe_security_groups(Filters=wanted)["SecurityGroups"][0]
        (rule,) = group["IpPermissions"]
        assert rule["IpProtocol"] == "-1"
        assert [pair["GroupId"] for pair in rule["UserIdGroupPairs"]] == [group["GroupId"]]
    ec2.delete_vpc(VpcId=vpc)
