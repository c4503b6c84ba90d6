"""LocalStack behind the sandbox: what it answers, what stays inside, and what becomes of it when it is away.

moto's server stands in for it: a real server of the same protocols, though of one account. `env/ci/compose.sh` runs
LocalStack itself.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from running import COMMAND, free_port, running
from served import served
from small_course import write_course

from dockyard.content import open_course
from dockyard.grading import Verdict, judge
from dockyard.sandbox.birth import Birth
from dockyard.sandbox.checks import CheckWorld
from dockyard.sandbox.localstack import VARIABLE, LocalStack
from dockyard.sandbox.worlds import World

SECRET_CHECK = '''\
"""A check."""

from dockyard.grading import check, expect


@check
def there_is_a_secret(world, values):
    """There is a secret."""
    expect(world.client("secretsmanager").list_secrets()["SecretList"], "There is none.")


@check
def it_can_be_had(world, values):
    """It can be had."""
    world.fork("later").client("secretsmanager").get_secret_value(SecretId="db")
'''


def of_account(account: str) -> dict[str, str]:
    """What LocalStack takes an account from."""
    return {"region_name": "us-east-1", "aws_access_key_id": account, "aws_secret_access_key": "test"}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The stand-in's."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-p", str(port)]
    with served(command, f"http://127.0.0.1:{port}/moto-api/"):
        yield f"http://127.0.0.1:{port}"


def lines(sandbox: Any, service: str) -> list[tuple[str, str, str]]:
    """Kind, operation and outcome of a service's lines in the journal."""
    journal = sandbox.control("GET", "journal")[1]["lines"]
    return [(line["kind"], line["operation"], line["outcome"]) for line in journal if line.get("service") == service]


def test_what_localstack_answers_is_an_observation(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, url)
    content = bytes(range(256)) * 1000
    with running(tmp_path / "data") as sandbox:
        storage = sandbox.client("s3")
        storage.create_bucket(Bucket="models")
        storage.put_object(Bucket="models", Key="a/b c+ä.bin", Body=content)
        assert storage.get_object(Bucket="models", Key="a/b c+ä.bin")["Body"].read() == content
        assert storage.head_object(Bucket="models", Key="a/b c+ä.bin")["ContentLength"] == len(content)
        sandbox.client("ssm").put_parameter(Name="/credit/threshold", Value="0.5", Type="String")
        topic = sandbox.client("sns").create_topic(Name="alarms")["TopicArn"]
        queues = sandbox.client("sqs")
        queue = queues.create_queue(QueueName="jobs")["QueueUrl"]
        queues.send_message(QueueUrl=queue, MessageBody="one")
        assert [one["Body"] for one in queues.receive_message(QueueUrl=queue)["Messages"]] == ["one"]
        assert sandbox.client("lambda").list_functions()["Functions"] == []
        sandbox.client("ec2").describe_vpcs()
        with pytest.raises(ClientError, match="NoSuchKey"):
            storage.get_object(Bucket="models", Key="none")
        assert lines(sandbox, "s3") == [
            ("observation", "CreateBucket", "ok"),
            ("observation", "PutObject", "ok"),
            ("observation", "GetObject", "ok"),
            ("observation", "HeadObject", "ok"),
            ("observation", "GetObject", "404"),
        ]
        assert lines(sandbox, "lambda") == [("observation", "GET /2015-03-31/functions", "ok")]
        assert lines(sandbox, "ec2") == [("neighbour", "DescribeVpcs", "ok")]
    journal = (sandbox.data / "journal.jsonl").read_text()
    assert topic in journal
    assert "Signature=" not in journal


def test_iam_is_asked_before_localstack(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, url)
    with running(tmp_path / "data") as sandbox:
        identities = sandbox.client("iam")
        identities.create_user(UserName="reader")
        statement = {"Effect": "Allow", "Action": "ssm:Describe*", "Resource": "*"}
        may = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        identities.put_user_policy(UserName="reader", PolicyName="reads", PolicyDocument=may)
        key = identities.create_access_key(UserName="reader")["AccessKey"]
        sandbox.variables |= {
            "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
        }
        assert "Parameters" in sandbox.client("ssm").describe_parameters()
        with pytest.raises(ClientError, match=r"user/reader is not authorized to perform: sqs:CreateQueue"):
            sandbox.client("sqs").create_queue(QueueName="mine")
        assert lines(sandbox, "sqs") == [("observation", "CreateQueue", "AccessDeniedException")]


def test_replay_uses_what_was_seen_and_calls_nothing(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, url)
    with running(tmp_path / "data") as sandbox:
        secrets = sandbox.client("secretsmanager")
        for name in ("db", "old"):
            secrets.create_secret(Name=name, SecretString="pass")
        secrets.delete_secret(SecretId="old", ForceDeleteWithoutRecovery=True)
        before = sandbox.control("GET", "state")[1]
        assert list(before["observed"]["secrets"]["us-east-1"]) == ["db"]
        sandbox.process.kill()
        sandbox.process.communicate()
    monkeypatch.setenv(VARIABLE, f"http://127.0.0.1:{free_port()}")
    with running(tmp_path / "data", port=sandbox.port) as again:
        assert again.control("GET", "state")[1] == before


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("s3", "list_buckets", {}),
        ("secretsmanager", "list_secrets", {}),
        ("sns", "list_topics", {}),
        ("sqs", "list_queues", {}),
        ("lambda", "list_functions", {}),
    ],
)
def test_localstack_away_is_one_sentence_in_the_services_protocol(
    away: Any, service: str, operation: str, parameters: dict[str, Any]
) -> None:
    with pytest.raises(ClientError) as refused:
        getattr(away.client(service), operation)(**parameters)
    assert refused.value.response["Error"]["Code"] == "ServiceUnavailable"
    assert f"LocalStack, which answers {service} here, does not answer" in refused.value.response["Error"]["Message"]


def test_localstack_away_leaves_everything_else(away: Any) -> None:
    assert away.client("ecs").list_clusters()["clusterArns"] == []
    assert away.client("sts").get_caller_identity()["Account"]


@pytest.fixture(scope="module")
def away(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A sandbox whose LocalStack is not there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, f"http://127.0.0.1:{free_port()}")
        with running(tmp_path_factory.mktemp("away") / "data") as sandbox:
            yield sandbox


def test_a_check_may_look_but_a_fork_could_not_judge(url: str, tmp_path: Path) -> None:
    lab = open_course(write_course(tmp_path)).lab("01-small")
    lab.step("first").check.write_text(SECRET_CHECK)
    birth = Birth.now("seed", 1_767_600_000.0, 4566)
    localstack = LocalStack(url)

    def world(outside: LocalStack) -> CheckWorld:
        images: Any = None
        return CheckWorld(
            World.born(birth), "us-east-1", images, threading.RLock(), lambda *_, **__: [], own=True, localstack=outside
        )

    boto3.client("secretsmanager", **of_account("1"), endpoint_url=url).create_secret(Name="seen", SecretString="pass")
    (step,) = judge(lab, "first", world(localstack)).steps
    assert [one.verdict for one in step.checks] == [Verdict.PASSED, Verdict.COULD_NOT_JUDGE]
    assert "LocalStack answers secretsmanager here" in step.checks[1].seen
    assert VARIABLE in step.checks[1].next
    (without,) = judge(lab, "first", world(LocalStack(f"http://127.0.0.1:{free_port()}"))).steps
    assert without.checks[0].verdict is Verdict.COULD_NOT_JUDGE
    assert "does not answer" in without.checks[0].seen


@pytest.mark.parametrize("wrong", ["localstack:4566", "https://localstack", "http://localstack:port", "http://x/y"])
def test_an_address_that_is_none_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    for variable in (VARIABLE, "DOCKYARD_REGISTRY_URL"):
        with monkeypatch.context() as patch:
            patch.setenv(variable, wrong)
            command = [*COMMAND, "up", "--data", str(tmp_path / "data")]
            ended = subprocess.run(command, capture_output=True, text=True, timeout=30)
            assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)
            assert ended.stderr.startswith(f"{variable} is '{wrong}'")


def test_a_task_finds_the_secrets_that_localstack_was_seen_to_hold() -> None:
    world = World.born(Birth.now("seed", 1_767_600_000.0, 4566))
    arn = "arn:aws:secretsmanager:us-east-1:1:secret:db-a1b2c3"
    world.observe("CreateSecret", "us-east-1", {"db": arn})
    for one in (world, world.fork("later"), World.thawed(world.frozen())):
        assert one.cloud.neighbours.secret_exists("us-east-1", f"{arn}:password::")
        assert not one.cloud.neighbours.secret_exists("us-east-1", "old")
    kept = world.fork("kept")
    world.observe("DeleteSecret", "us-east-1", {})
    assert not world.cloud.neighbours.secret_exists("us-east-1", "db")
    assert kept.cloud.neighbours.secret_exists("us-east-1", "db")
