"""A world's neighbours are a value: they repeat, fork, are saved and opened, and never meet another world's."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from neighbours.clients import ACCOUNT, STARTED, Line, client, neighbours_of, world

from dockyard.cloud.network import Interface
from dockyard.errors import AwsError
from dockyard.sandbox.moto import MotoWorld

HERE = Path(__file__).parent
TRUST = '{"Version":"2012-10-17","Statement":[]}'


def printed(hash_seed: str, *arguments: str) -> str:
    """What the sequence of calls prints in a process of its own."""
    done = subprocess.run(
        [sys.executable, HERE / "sequence.py", *arguments],
        env={**os.environ, "PYTHONPATH": str(HERE.parent), "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_the_same_calls_are_answered_the_same_in_any_process_saved_between_or_read_between() -> None:
    plain = printed("1")
    assert len(plain.splitlines()) > 100
    assert printed("2", "saved", "reads") == plain


def test_moto_is_not_imported_before_somebody_calls() -> None:
    code = (
        "import sys; from dockyard.sandbox.moto import MotoWorld; "
        "MotoWorld('123456789012').fork().described(); sys.exit('moto' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_fork_never_reaches_its_origin_nor_its_siblings() -> None:
    origin = world()
    client(origin, "iam").create_role(RoleName="kept", AssumeRolePolicyDocument=TRUST)
    client(origin, "s3").create_bucket(Bucket="bucket")
    client(origin, "s3").put_object(Bucket="bucket", Key="k", Body=b"first")
    first, second = origin.fork(), origin.fork()
    before = origin.described()
    client(first, "iam").delete_role(RoleName="kept")
    client(first, "iam").create_role(RoleName="new", AssumeRolePolicyDocument=TRUST)
    client(first, "ec2").create_vpc(CidrBlock="10.0.0.0/16")
    client(first, "s3").put_object(Bucket="bucket", Key="k", Body=b"second")
    assert origin.described() == before == second.described()
    assert first.described() != before
    assert client(origin, "s3").get_object(Bucket="bucket", Key="k")["Body"].read() == b"first"
    assert client(first, "s3").get_object(Bucket="bucket", Key="k")["Body"].read() == b"second"
    assert neighbours_of(second).role(f"arn:aws:iam::{ACCOUNT}:role/kept") is not None
    assert neighbours_of(first).role(f"arn:aws:iam::{ACCOUNT}:role/kept") is None


def test_two_accounts_and_two_regions_never_meet() -> None:
    one, other = world(), world(account="210987654321")
    for each in (one, other):  # bucket names are everybody's on AWS, but these two are two clouds
        client(each, "s3").create_bucket(Bucket="bucket")
        assert [bucket["Name"] for bucket in client(each, "s3").list_buckets()["Buckets"]] == ["bucket"]
    client(one, "ec2").create_vpc(CidrBlock="10.1.0.0/16")
    client(one, "iam").create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    client(one, "ec2", "eu-west-1").create_vpc(CidrBlock="10.2.0.0/16")

    def blocks(asked: MotoWorld, region: str) -> set[str]:
        return {vpc["CidrBlock"] for vpc in client(asked, "ec2", region).describe_vpcs()["Vpcs"]}

    assert blocks(one, "us-east-1") == {"172.31.0.0/16", "10.1.0.0/16"}
    assert blocks(one, "eu-west-1") == {"172.31.0.0/16", "10.2.0.0/16"}
    assert blocks(other, "us-east-1") == {"172.31.0.0/16"}
    assert client(other, "iam").list_roles()["Roles"] == []


def test_a_saved_world_goes_on_as_if_it_had_not_been_saved() -> None:
    kept = world()
    client(kept, "ec2").create_vpc(CidrBlock="10.0.0.0/16")
    opened = MotoWorld.thawed(kept.frozen())
    assert opened.described() == kept.described()
    assert opened.frozen() == MotoWorld.thawed(opened.frozen()).frozen()
    for one in (kept, opened):
        client(one, "ec2", seed="next").create_vpc(CidrBlock="10.5.0.0/16")
    assert opened.described() == kept.described()


def test_reading_changes_nothing_that_can_be_seen() -> None:
    read, untouched = world(), world()
    client(read, "ec2").describe_subnets()
    client(read, "ec2", "eu-west-1").describe_vpcs()
    client(read, "iam").list_roles()
    client(read, "sts").get_caller_identity()
    assert read.described() == untouched.described()
    assert read.described() == {"networks": {}, "roles": {}, "secrets": {}}


def test_what_the_state_shows_holds_no_secret() -> None:
    kept = world()
    client(kept, "secretsmanager").create_secret(Name="db", SecretString="hush")
    client(kept, "iam").create_access_key(UserName="learner")
    described = kept.described()
    assert described["secrets"] == {"us-east-1": ["db"]}
    assert "hush" not in json.dumps(described)


def test_seeds_give_other_names() -> None:
    first, again, other = (client(world(seed), "ec2").describe_vpcs()["Vpcs"][0]["VpcId"] for seed in ("a", "a", "b"))
    assert first == again != other


def test_time_is_the_accounts_but_credentials_go_by_the_wall() -> None:
    kept = world()
    moment = datetime.fromtimestamp(STARTED + 3600, UTC)
    made = client(kept, "iam").create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)["Role"]
    assert made["CreateDate"] == moment
    assert client(kept, "iam").get_user()["User"]["CreateDate"] == datetime.fromtimestamp(STARTED, UTC)
    s3 = client(kept, "s3")
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="k", Body=b"")
    assert s3.head_object(Bucket="bucket", Key="k")["LastModified"] == moment
    client(kept, "secretsmanager").create_secret(Name="db", SecretString="x")
    assert client(kept, "secretsmanager").describe_secret(SecretId="db")["CreatedDate"].timestamp() == STARTED + 3600
    headers = {"content-type": "application/x-www-form-urlencoded", "authorization": "AWS4-HMAC-SHA256 Credential="
               "AKIADOCKYARDLEARNER0/20270115/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=0"}  # fmt: skip
    body = f"Action=AssumeRole&Version=2011-06-15&RoleArn={made['Arn']}&RoleSessionName=session".encode()
    _, _, answer = kept.call("POST", "/", "", headers, body, now=STARTED, seed="x", wall=STARTED + 1e6)
    key = answer.partition(b"<AccessKeyId>")[2].partition(b"<")[0].decode()
    assert kept.secret(key).expires == STARTED + 1e6 + 3600  # type: ignore[union-attr]


def test_who_somebody_is_and_what_belongs_to_a_key() -> None:
    kept = world()
    learner = f"arn:aws:iam::{ACCOUNT}:user/learner"
    assert client(kept, "sts").get_caller_identity()["Arn"] == learner
    assert client(kept, "sts", key="AKIANOBODYNOBODY0000").get_caller_identity()["Arn"] == learner
    assert kept.secret("AKIADOCKYARDLEARNER0") is None  # the sandbox keeps that
    assert kept.secret("AKIANOBODYNOBODY0000") is None

    iam = client(kept, "iam")
    iam.create_user(UserName="second")
    issued = iam.create_access_key(UserName="second")["AccessKey"]
    found = kept.secret(issued["AccessKeyId"])
    assert found is not None
    assert (found.secret, found.principal_arn) == (issued["SecretAccessKey"], f"arn:aws:iam::{ACCOUNT}:user/second")
    assert client(kept, "sts", key=issued["AccessKeyId"]).get_caller_identity()["Arn"] == found.principal_arn
    iam.update_access_key(UserName="second", AccessKeyId=issued["AccessKeyId"], Status="Inactive")
    assert kept.secret(issued["AccessKeyId"]) is None

    role = iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    session = client(kept, "sts").assume_role(RoleArn=role, RoleSessionName="session")["Credentials"]
    assumed = kept.secret(session["AccessKeyId"])
    assert assumed is not None
    assert (assumed.secret, assumed.session_token) == (session["SecretAccessKey"], session["SessionToken"])
    assert assumed.principal_arn == f"arn:aws:sts::{ACCOUNT}:assumed-role/r/session"
    assert client(kept, "sts", key=session["AccessKeyId"]).get_caller_identity()["Arn"] == assumed.principal_arn


@pytest.mark.parametrize(
    ("service", "operation", "request_", "code", "said"),
    [
        ("ec2", "create_verified_access_instance", {}, "InvalidAction", "CreateVerifiedAccessInstance of ec2 yet"),
        ("iam", "generate_organizations_access_report", {"EntityPath": "o-a1b2c3d4e5/r-f6g7h8"}, "InvalidAction",
         "of iam yet"),
        ("secretsmanager", "validate_resource_policy", {"ResourcePolicy": "{}"}, "UnknownOperationException",
         "of secretsmanager yet"),
        ("sqs", "list_queues", {}, "UnknownOperationException", "not offer sqs yet. It offers: application-"),
        ("s3", "put_object", {"Bucket": "b", "Key": "k", "Body": bytes(10 * 1024 * 1024 + 1)}, "EntityTooLarge",
         "10 MiB"),
    ],
)  # fmt: skip
def test_what_is_not_offered_is_said_in_a_sentence(
    service: str, operation: str, request_: dict[str, object], code: str, said: str
) -> None:
    asked = client(world(), service)
    with pytest.raises(ClientError) as caught:
        getattr(asked, operation)(**request_)
    assert caught.value.response["Error"]["Code"] == code
    assert said in caught.value.response["Error"]["Message"]


def test_an_upload_in_parts_is_no_way_round_the_limit() -> None:
    s3 = client(world(), "s3")
    s3.create_bucket(Bucket="bucket")
    upload = {
        "Bucket": "bucket",
        "Key": "k",
        "UploadId": s3.create_multipart_upload(Bucket="bucket", Key="k")["UploadId"],
    }
    s3.upload_part(**upload, PartNumber=1, Body=bytes(6 * 1024 * 1024))
    with pytest.raises(ClientError, match="EntityTooLarge"):
        s3.upload_part(**upload, PartNumber=2, Body=bytes(5 * 1024 * 1024))


def test_no_region_that_aws_does_not_have() -> None:
    with pytest.raises(ClientError, match="There is no region mars-north-1"):
        client(world(), "ec2", "mars-north-1").describe_vpcs()


def test_nobody_reaches_motos_own_interface_or_another_account() -> None:
    kept = world()
    client(kept, "iam").create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    scope = "AWS4-HMAC-SHA256 Credential=A/20270115/us-east-1/{}/aws4_request, SignedHeaders=host, Signature=0"
    for service in ("s3", "iam"):
        with contextlib.suppress(AwsError):
            kept.call("POST", "/moto-api/reset", "", {"authorization": scope.format(service)}, b"", now=0.0, seed="")
    headers = {"authorization": scope.format("iam"), "x-moto-account-id": "999999999999",
               "content-type": "application/x-www-form-urlencoded"}  # fmt: skip
    body = b"Action=ListRoles&Version=2010-05-08"
    _, _, answer = kept.call("POST", "/", "", headers, body, now=STARTED, seed="")
    assert b"<RoleName>r</RoleName>" in answer


def test_a_security_group_in_use_is_not_deleted() -> None:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html"""
    line = Line(world())
    ec2 = client(line, "ec2")
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    front, inside = (
        ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"] for name in ("f", "i")
    )
    own = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "UserIdGroupPairs": [{"GroupId": inside}]}
    rule = {**own, "UserIdGroupPairs": [{"GroupId": front}]}
    ec2.authorize_security_group_ingress(GroupId=inside, IpPermissions=[rule, own])
    subnet = ec2.describe_subnets()["Subnets"][0]
    at = ("eni-1", "172.31.0.9", "0a:00", subnet["SubnetId"], vpc, subnet["AvailabilityZone"])
    line.interfaces = [Interface(*at, groups=(inside,), public=False, owner="a task")]
    for group in (front, inside):
        with pytest.raises(ClientError, match=f"DependencyViolation.*resource {group} has a dependent object"):
            ec2.delete_security_group(GroupId=group)
    line.interfaces = []
    ec2.delete_security_group(GroupId=inside)  # its own rule does not keep it
    ec2.delete_security_group(GroupId=front)
