"""What runs in a container reaches the sandbox: tasks as their role, `docker run` at host.docker.internal."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import docker
import pytest
from host.deployed import Deployed, server, until
from host.wandering import TRUST
from running import Running, running

from dockyard.runtime.interpreters import Interpreters
from dockyard.runtime.isolations import choose

#: It writes who it is, what it reads, how its writing goes, and which task ECS says it is.
APP = """
import boto3, json, os, urllib.request
from botocore.exceptions import BotoCoreError, ClientError

def told(ask):
    try:
        return ask()
    except (BotoCoreError, ClientError) as error:
        return f"{type(error).__name__}: {error}"

s3 = boto3.client("s3")
print(told(lambda: boto3.client("sts").get_caller_identity()["Arn"]))
print(told(lambda: s3.get_object(Bucket="models", Key="model")["Body"].read().decode()))
print(told(lambda: s3.put_object(Bucket="models", Key="model", Body=b"another")["ETag"]))
with urllib.request.urlopen(os.environ["ECS_CONTAINER_METADATA_URI_V4"] + "/task") as answer:
    task = json.load(answer)
print(task["TaskARN"], task["Family"], task["Containers"][0]["Name"])
"""
#: It writes who it is at its host, and whether its host's port is on its own loopback too.
RUN = """
import boto3, os, socket
print(boto3.client("sts").get_caller_identity()["Arn"])
print(socket.socket().connect_ex(("127.0.0.1", int(os.environ["PORT"]))) == 0)
"""


@pytest.fixture(scope="module", params=["namespaces", "plain"])
def isolation(request: pytest.FixtureRequest) -> str:
    if request.param == "namespaces" and (why := choose(Interpreters().own).why):
        pytest.skip(f"no namespaces here: {why}")
    return str(request.param)


@pytest.fixture(scope="module")
def sandbox(isolation: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with pytest.MonkeyPatch.context() as patch:
        if isolation == "plain":
            patch.setenv("PATH", "/where/no/bubblewrap/is")
        with running(tmp_path_factory.mktemp("data"), "--clock", "live", "--speed", "60") as one:
            yield one


@pytest.fixture(scope="module")
def deployed(sandbox: Running) -> Deployed:
    made = Deployed(sandbox)
    s3 = sandbox.client("s3")
    s3.create_bucket(Bucket="models")
    s3.put_object(Bucket="models", Key="model", Body=b"the model")
    made.image = made.push("asks", packages="boto3", app=APP)
    return made


def role(deployed: Deployed, name: str, *policies: str) -> str:
    iam = deployed.sandbox.client("iam")
    arn: str = iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    for policy in policies:
        iam.attach_role_policy(RoleName=name, PolicyArn=f"arn:aws:iam::aws:policy/{policy}")
    return arn


def wrote(deployed: Deployed, **definition: str) -> tuple[str, list[str]]:
    """A task's ARN and what it wrote, when it has ended."""
    deployed.define({"image": deployed.image}, **definition)
    arn = deployed.run()
    until(lambda: deployed.task(arn)["lastStatus"] == "STOPPED")
    lines = deployed.log(arn)[-4:]
    assert lines.pop() == f"{arn} app web"
    return arn, lines


def test_a_task_role_reads_what_it_may_and_is_refused_what_it_may_not(deployed: Deployed) -> None:
    arn, lines = wrote(deployed, taskRoleArn=role(deployed, "reads", "AmazonS3ReadOnlyAccess"))
    session = f"arn:aws:sts::{arn.split(':')[4]}:assumed-role/reads/{arn.rpartition('/')[2]}"
    assert lines[:2] == [session, "the model"]
    assert "AccessDenied" in lines[2]
    assert f"User: {session} is not authorized to perform: s3:PutObject" in lines[2]
    journal = deployed.sandbox.control("GET", "journal")[1]["lines"]
    asked = [line["operation"] for line in journal if line.get("principal") == session]
    assert asked == ["GetCallerIdentity", "GetObject", "PutObject"]
    assert sum(line.get("operation") == "AssumeRole" for line in journal) == 1


def test_a_role_without_rights_is_refused_and_a_task_without_a_role_has_no_credentials(deployed: Deployed) -> None:
    _, (who, *refused) = wrote(deployed, taskRoleArn=role(deployed, "may-nothing"))
    assert ":assumed-role/may-nothing/" in who
    assert all("AccessDenied" in line for line in refused)
    _, lines = wrote(deployed)
    assert lines == ["NoCredentialsError: Unable to locate credentials"] * 3


def test_docker_run_finds_the_sandbox_at_its_host(deployed: Deployed, isolation: str) -> None:
    variables, port = deployed.sandbox.variables, str(deployed.sandbox.port)
    given = {name: value for name, value in variables.items() if "KEY" in name or "REGION" in name}
    given |= {"AWS_ENDPOINT_URL": f"http://host.docker.internal:{port}", "PORT": port}
    engine = docker.DockerClient(base_url=variables["DOCKER_HOST"])
    try:
        said = engine.containers.run(deployed.image, ["python", "-c", RUN], environment=given, remove=True)
        who, on_its_own = said.decode().splitlines()[-2:]
        assert who.endswith(":user/learner")
        assert on_its_own == str(isolation == "plain")
        alone = engine.containers.create(
            deployed.image, ["python", "-c", RUN], environment=given, network_mode="none",
        )  # fmt: skip
        alone.start()
        asked = engine.api.create_host_config(extra_hosts={"host.docker.internal": "host-gateway"})
        assert engine.api.create_container(deployed.image, host_config=asked)["Warnings"] == []
        assert (alone.wait()["StatusCode"] == 1) == (isolation == "namespaces")
    finally:
        engine.close()


def test_the_agent_says_nothing_to_whoever_guesses(sandbox: Running) -> None:
    for path in ("", "/credentials", "/task"):
        guessed = f"http://127.0.0.1:{sandbox.port}/_ecs/v4/00000000-0000-4000-8000-000000000000{path}"
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(guessed)
        with refused.value as answer:
            assert (answer.code, list(json.loads(answer.read()))) == (404, ["message"])


def test_replay_runs_no_container_and_makes_the_same_account(tmp_path: Path) -> None:
    with running(tmp_path, "--clock", "live", "--speed", "60") as sandbox:
        deployed = Deployed(sandbox)
        sandbox.client("s3").create_bucket(Bucket="models")
        deployed.image = deployed.push("asks", packages="boto3", app=APP)
        wrote(deployed, taskRoleArn=role(deployed, "writes", "AmazonS3FullAccess"))
        assert sandbox.stop() == 0
    (tmp_path / "snapshot.pickle").unlink()
    with running(tmp_path, "--runtime", "modelled", port=sandbox.port) as again:
        body = again.client("s3").get_object(Bucket="models", Key="model")["Body"].read()
        assert body == b"another"
        assert json.dumps(again.control("GET", "status")[1]).count('"containers_running": 0') == 1


def test_a_server_loads_its_model_from_the_bucket_when_it_is_asked(tmp_path: Path) -> None:
    """On the stepped clock: its image cannot be tried without the cloud, so it is taken for healthy."""
    loads = 'import boto3\nMODEL = boto3.client("s3").get_object(Bucket="models", Key="model")["Body"].read()\n'
    with running(tmp_path) as sandbox:
        deployed = Deployed(sandbox)
        s3 = sandbox.client("s3")
        s3.create_bucket(Bucket="models")
        s3.put_object(Bucket="models", Key="model", Body=b"the model")
        answering = server().replace('os.environ.get("GREETING", "hello").encode()', "MODEL")
        image = deployed.push("loads", packages="boto3", app=loads + answering)
        reads = role(deployed, "reads", "AmazonS3ReadOnlyAccess")
        deployed.define({"image": image, "portMappings": [{"containerPort": 8080}]}, taskRoleArn=reads)
        deployed.serve()
        sandbox.control("POST", "clock/advance", {"seconds": 300})
        assert deployed.ask() == (200, "the model")
