"""Real clients of people whom the learner created: what IAM lets them do, and how each protocol words a refusal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from running import Running, running

US = "us-east-1"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("data"), "--seed", "iam") as made:
        yield made


class Person:
    """Keys issued by IAM or STS, and real clients that sign with them."""

    def __init__(self, sandbox: Running, credentials: dict[str, Any]) -> None:
        self.sandbox = sandbox
        self.keys = {
            "aws_access_key_id": credentials["AccessKeyId"],
            "aws_secret_access_key": credentials["SecretAccessKey"],
            "aws_session_token": credentials.get("SessionToken"),
        }

    def client(self, service: str) -> Any:
        return boto3.client(service, US, endpoint_url=self.sandbox.variables["AWS_ENDPOINT_URL"], **self.keys)

    def refused(self, service: str, operation: str, /, **request: Any) -> tuple[str, int, str]:
        """Code, HTTP status and message of a refusal."""
        with pytest.raises(ClientError) as caught:
            getattr(self.client(service), operation)(**request)
        answer = caught.value.response
        return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Message"]


def user(sandbox: Running, name: str, *statements: dict[str, Any]) -> Person:
    """A new user with an inline policy."""
    iam = sandbox.client("iam")
    iam.create_user(UserName=name)
    if statements:
        iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=document(*statements))
    return Person(sandbox, iam.create_access_key(UserName=name)["AccessKey"])


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def trusting(**principal: Any) -> str:
    return document({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"})


def account_of(sandbox: Running) -> str:
    return str(sandbox.client("sts").get_caller_identity()["Account"])


def test_each_protocol_words_its_refusal(sandbox: Running) -> None:
    account, nobody = account_of(sandbox), user(sandbox, "nobody")
    who = f"User: arn:aws:iam::{account}:user/nobody is not authorized to perform:"
    assert nobody.client("sts").get_caller_identity()["Arn"].endswith(":user/nobody")
    assert nobody.refused("ecs", "list_clusters") == (
        "AccessDeniedException", 400,
        f"{who} ecs:ListClusters on resource: * because no identity-based policy allows the ecs:ListClusters action",
    )  # fmt: skip
    assert nobody.refused("ecr", "create_repository", repositoryName="iris") == (
        "AccessDeniedException", 400,
        f"{who} ecr:CreateRepository on resource: arn:aws:ecr:us-east-1:{account}:repository/iris "
        "because no identity-based policy allows the ecr:CreateRepository action",
    )  # fmt: skip
    assert nobody.refused("elbv2", "describe_load_balancers") == (
        "AccessDenied", 403,
        f"{who} elasticloadbalancing:DescribeLoadBalancers "
        "because no identity-based policy allows the elasticloadbalancing:DescribeLoadBalancers action",
    )  # fmt: skip
    assert nobody.refused("ec2", "describe_vpcs") == (
        "UnauthorizedOperation", 403,
        f"You are not authorized to perform this operation. {who} ec2:DescribeVpcs "
        "because no identity-based policy allows the ec2:DescribeVpcs action",
    )  # fmt: skip
    assert nobody.refused("iam", "list_roles")[:2] == ("AccessDenied", 403)
    assert nobody.refused("cloudwatch", "describe_alarms")[:2] == ("AccessDenied", 403)
    assert nobody.refused("secretsmanager", "list_secrets")[:2] == ("AccessDeniedException", 400)
    assert nobody.refused("application-autoscaling", "describe_scalable_targets", ServiceNamespace="ecs")[:2] == (
        "AccessDeniedException", 400
    )  # fmt: skip
    assert nobody.refused("s3", "list_objects_v2", Bucket="models") == (
        "AccessDenied", 403,
        f'{who} s3:ListBucket on resource: "arn:aws:s3:::models" '
        "because no identity-based policy allows the s3:ListBucket action",
    )  # fmt: skip
    group = f"arn:aws:logs:us-east-1:{account}:log-group:/ecs/iris:log-stream:"
    said = nobody.refused("logs", "create_log_group", logGroupName="/ecs/iris")[2]
    assert said.startswith(f"{who} logs:CreateLogGroup on resource: {group} because")
    assert sandbox.client("ecr").describe_repositories()["repositories"] == []


def test_policies_come_from_the_user_its_groups_and_what_is_attached(sandbox: Running) -> None:
    iam, ann = sandbox.client("iam"), user(sandbox, "ann", allow("ecs:ListClusters"))
    ann.client("ecs").list_clusters()
    assert ann.refused("ecr", "describe_repositories")[0] == "AccessDeniedException"
    iam.attach_user_policy(UserName="ann", PolicyArn="arn:aws:iam::aws:policy/AmazonEC2ContainerRegistryReadOnly")
    ann.client("ecr").describe_repositories()
    assert ann.refused("logs", "describe_log_groups")[0] == "AccessDeniedException"
    iam.create_group(GroupName="readers")
    iam.put_group_policy(GroupName="readers", PolicyName="own", PolicyDocument=document(allow("logs:Describe*")))
    iam.add_user_to_group(GroupName="readers", UserName="ann")
    ann.client("logs").describe_log_groups()
    never = {**allow("ecs:*"), "Effect": "Deny"}
    iam.put_group_policy(GroupName="readers", PolicyName="own", PolicyDocument=document(never))
    assert ann.refused("ecs", "list_clusters")[2].endswith("with an explicit deny in an identity-based policy")
    iam.delete_user_policy(UserName="ann", PolicyName="own")


def test_resources_and_conditions_of_ecs(sandbox: Running) -> None:
    account, here = account_of(sandbox), f"arn:aws:ecs:us-east-1:{account_of(sandbox)}"
    role = sandbox.client("iam").create_role(
        RoleName="execution", AssumeRolePolicyDocument=trusting(Service="ecs-tasks.amazonaws.com")
    )["Role"]["Arn"]
    only = {"StringEquals": {"ecs:cluster": f"{here}:cluster/blue"}}
    ben = user(
        sandbox, "ben",
        allow("ecs:RegisterTaskDefinition"),
        allow("ecs:CreateCluster", Condition={"Null": {"ecs:cluster": "false"}}),
        allow("ecs:RunTask", f"{here}:task-definition/iris:*", Condition=only),
        allow(["ecs:UpdateService", "ecs:DescribeServices"], f"{here}:service/blue/${{aws:username}}-*"),
    )  # fmt: skip
    ecs = sandbox.client("ecs")
    ecs.create_cluster(clusterName="blue")
    ecs.create_cluster(clusterName="green")
    assert ben.client("ecs").describe_services(cluster="blue", services=["ben-api"])["failures"]
    for cluster, service in (("green", "ben-api"), ("blue", "ann-api"), ("blue", f"{here}:service/blue/ann-api")):
        ending = f"on resource: {here}:service/{cluster}/{service.rsplit('/', 1)[-1]} because"
        assert ending in ben.refused("ecs", "update_service", cluster=cluster, service=service, desiredCount=1)[2]

    definition = {
        "family": "iris", "networkMode": "awsvpc", "cpu": "256", "memory": "512", "executionRoleArn": role,
        "containerDefinitions": [{"name": "api", "image": "python:3.12-slim"}], "requiresCompatibilities": ["FARGATE"],
    }  # fmt: skip
    code, status, message = ben.refused("ecs", "register_task_definition", **definition)
    assert (code, status) == ("AccessDeniedException", 400)
    assert message == (
        f"User: arn:aws:iam::{account}:user/ben is not authorized to perform: iam:PassRole on resource: {role} "
        "because no identity-based policy allows the iam:PassRole action"
    )
    iam = sandbox.client("iam")
    for service, passes in (("ec2.amazonaws.com", False), ("ecs-tasks.amazonaws.com", True)):
        condition = {"StringEquals": {"iam:PassedToService": service}}
        passing = document(allow("iam:PassRole", role, Condition=condition))
        iam.put_user_policy(UserName="ben", PolicyName="pass", PolicyDocument=passing)
        if passes:
            ben.client("ecs").register_task_definition(**definition)
        else:
            assert "iam:PassRole" in ben.refused("ecs", "register_task_definition", **definition)[2]
    subnet = sandbox.client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
    network = {"awsvpcConfiguration": {"subnets": [subnet], "assignPublicIp": "ENABLED"}}
    run = {"taskDefinition": "iris", "launchType": "FARGATE", "networkConfiguration": network}
    assert ben.client("ecs").run_task(cluster="blue", **run)["tasks"]
    assert f"ecs:RunTask on resource: {here}:task-definition/iris:1" in ben.refused("ecs", "run_task", **run)[2]
    assert "ecs:CreateCluster" in ben.refused("ecs", "create_cluster")[2]  # is in no cluster
    iam.delete_user_policy(UserName="ben", PolicyName="pass")
    assert "iam:PassRole" in ben.refused("ecs", "run_task", cluster="blue", **run)[2]


def test_resources_of_balancers_and_logs(sandbox: Running) -> None:
    account = account_of(sandbox)
    balancers = f"arn:aws:elasticloadbalancing:us-east-1:{account}"
    eve = user(
        sandbox, "eve",
        allow("elasticloadbalancing:CreateTargetGroup", f"{balancers}:targetgroup/eve-*/*"),
        allow("elasticloadbalancing:DeleteTargetGroup", f"{balancers}:targetgroup/eve-*"),
        allow("logs:*", f"arn:aws:logs:us-east-1:{account}:log-group:/ecs/eve:*"),
    )  # fmt: skip
    vpc = sandbox.client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    group = {"Protocol": "HTTP", "Port": 80, "VpcId": vpc, "TargetType": "ip"}
    made = eve.client("elbv2").create_target_group(Name="eve-api", **group)["TargetGroups"][0]["TargetGroupArn"]
    refused = eve.refused("elbv2", "create_target_group", Name="api", **group)
    assert f"on resource: {balancers}:targetgroup/api/* because" in refused[2]
    tagged = eve.refused("elbv2", "create_target_group", Name="eve-b", Tags=[{"Key": "a", "Value": "b"}], **group)
    assert "elasticloadbalancing:AddTags" in tagged[2]
    eve.client("elbv2").delete_target_group(TargetGroupArn=made)

    logs = eve.client("logs")
    logs.create_log_group(logGroupName="/ecs/eve")
    logs.create_log_stream(logGroupName="/ecs/eve", logStreamName="s")
    logs.get_log_events(logGroupName="/ecs/eve", logStreamName="s")
    stream = f"on resource: arn:aws:logs:us-east-1:{account}:log-group:/ecs/ann:log-stream:s because"
    assert stream in eve.refused("logs", "create_log_stream", logGroupName="/ecs/ann", logStreamName="s")[2]
    assert "log-group::log-stream:" in eve.refused("logs", "describe_log_groups")[2]


def test_tags_of_requests_and_resources(sandbox: Running) -> None:
    team, mine = {"StringEquals": {"aws:ResourceTag/team": "iris"}}, {"StringEquals": {"aws:RequestTag/team": "iris"}}
    gus = user(
        sandbox, "gus",
        allow("ecr:PutImageScanningConfiguration", Condition=team),
        allow(["ecr:CreateRepository", "ecr:TagResource"], Condition=mine),
    )  # fmt: skip
    ecr = gus.client("ecr")
    assert gus.refused("ecr", "create_repository", repositoryName="untagged")[0] == "AccessDeniedException"
    for name, value in (("gus/iris", "iris"), ("gus/other", "other")):
        tags = [{"Key": "team", "Value": value}]
        if value == "iris":
            ecr.create_repository(repositoryName=name, tags=tags)
        else:
            gus.refused("ecr", "create_repository", repositoryName=name, tags=tags)
            sandbox.client("ecr").create_repository(repositoryName=name, tags=tags)
    scan = {"imageScanningConfiguration": {"scanOnPush": True}}
    ecr.put_image_scanning_configuration(repositoryName="gus/iris", **scan)
    for name in ("gus/other", "gus/none"):
        code, _, _ = gus.refused("ecr", "put_image_scanning_configuration", repositoryName=name, **scan)
        assert code == "AccessDeniedException"


def test_a_role_is_assumed_by_whom_it_trusts(sandbox: Running) -> None:
    account, iam, sts = account_of(sandbox), sandbox.client("iam"), sandbox.client("sts")
    role = iam.create_role(RoleName="deployer", AssumeRolePolicyDocument=trusting(Service="ec2.amazonaws.com"))
    arn = role["Role"]["Arn"]
    iam.put_role_policy(RoleName="deployer", PolicyName="own", PolicyDocument=document(allow("ecs:*")))
    with pytest.raises(sts.exceptions.ClientError) as caught:  # not even the administrator
        sts.assume_role(RoleArn=arn, RoleSessionName="monday")
    assert caught.value.response["Error"] == {
        "Type": "Sender", "Code": "AccessDenied",
        "Message": f"User: arn:aws:iam::{account}:user/learner is not authorized to perform: sts:AssumeRole "
        f"on resource: {arn}",
    }  # fmt: skip

    iam.update_assume_role_policy(RoleName="deployer", PolicyDocument=trusting(AWS=f"arn:aws:iam::{account}:root"))
    dan = user(sandbox, "dan")
    assume = {"RoleArn": arn, "RoleSessionName": "monday"}
    assert dan.refused("sts", "assume_role", **assume)[2].endswith(
        "because no identity-based policy allows the sts:AssumeRole action"
    )
    iam.put_user_policy(UserName="dan", PolicyName="own", PolicyDocument=document(allow("sts:AssumeRole", arn)))
    session = Person(sandbox, dan.client("sts").assume_role(**assume)["Credentials"])
    who = f"arn:aws:sts::{account}:assumed-role/deployer/monday"
    assert session.client("sts").get_caller_identity()["Arn"] == who
    session.client("ecs").list_clusters()
    assert session.refused("ecr", "describe_repositories")[2].startswith(
        f"User: {who} is not authorized to perform: ecr:DescribeRepositories on resource: "
        f"arn:aws:ecr:us-east-1:{account}:repository/* because"
    )
    limited = sts.assume_role(RoleArn=arn, RoleSessionName="tuesday", Policy=document(allow("ecs:List*")))
    tuesday = Person(sandbox, limited["Credentials"])
    tuesday.client("ecs").list_clusters()
    assert tuesday.refused("ecs", "create_cluster")[2].endswith(
        "because no session policy allows the ecs:CreateCluster action"
    )


def test_what_is_refused_changes_nothing_and_replay_ends_where_it_was(tmp_path: Path) -> None:
    with running(tmp_path, "--seed", "replay") as first:
        account = account_of(first)
        fay = user(first, "fay", allow("iam:CreateAccessKey"), allow("ecs:CreateCluster"))
        before = first.control("GET", "state")[1]
        assert fay.refused("ecs", "register_task_definition", family="f", containerDefinitions=[])[0]
        assert fay.refused("iam", "create_user", UserName="other")[0] == "AccessDenied"
        assert fay.refused("ecr", "create_repository", repositoryName="iris")[0] == "AccessDeniedException"
        assert first.control("GET", "state")[1] == before
        fay.client("ecs").create_cluster(clusterName="fays")
        own = fay.client("iam").create_access_key()["AccessKey"]
        assert own["UserName"] == "fay"
        trust = trusting(AWS=f"arn:aws:iam::{account}:user/fay")
        arn = first.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        session = fay.client("sts").assume_role(RoleArn=arn, RoleSessionName="monday")["Credentials"]
        state = first.control("GET", "state")[1]
        lines = first.control("GET", "journal")[1]["lines"]
        refused = [one for one in lines if one.get("denied")]
        assert [one["operation"] for one in refused] == ["RegisterTaskDefinition", "CreateUser", "CreateRepository"]
        assert {one["principal"] for one in refused} == {f"arn:aws:iam::{account}:user/fay"}
        assert all(one["message"].startswith("User: ") for one in refused)
    (tmp_path / "snapshot.pickle").unlink()
    with running(tmp_path) as again:
        assert again.control("GET", "state")[1] == state
        assert [one["UserName"] for one in again.client("iam").list_users()["Users"]] == ["learner", "fay"]
        assert Person(again, own).client("sts").get_caller_identity()["Arn"].endswith(":user/fay")
        assert Person(again, session).client("sts").get_caller_identity()["Arn"].endswith(":assumed-role/r/monday")


def test_a_policy_on_one_secret_opens_that_one_alone(sandbox: Running) -> None:
    secrets = sandbox.client("secretsmanager")
    mine, other = (secrets.create_secret(Name=name, SecretString="s")["ARN"] for name in ("mine", "other"))
    reader = user(sandbox, "reader", allow("secretsmanager:GetSecretValue", mine))
    for known_as in ("mine", mine, mine[:-7]):
        assert reader.client("secretsmanager").get_secret_value(SecretId=known_as)["ARN"] == mine
    assert f"on resource: {other} because" in reader.refused("secretsmanager", "get_secret_value", SecretId="other")[2]
    assert reader.refused("secretsmanager", "put_secret_value", SecretId="mine", SecretString="t")[0] == (
        "AccessDeniedException"
    )
