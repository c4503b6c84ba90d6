"""`dockyard up` and its doors: starts, refuses with one sentence, saves, opens again, lets in and keeps out."""

from __future__ import annotations

import json
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from running import COMMAND, Running, free_port, running


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("up") / "data", "--seed", "s", "--start", "2026-01-31T12:00:00Z") as up:
        yield up


def refusal(*arguments: str) -> str:
    """What a verb that must be refused says: exit 2, one sentence or two, nothing else."""
    ended = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=30)
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr
    assert ended.stderr.count("\n") == 1
    return ended.stderr


def test_it_says_where_it_is_ready(sandbox: Running) -> None:
    assert sandbox.first_line == f"Dockyard is ready at http://127.0.0.1:{sandbox.port}"
    assert sandbox.control("GET", "health", token="")[1]["status"] == "ready"


def test_birth_fixes_time_and_identity(sandbox: Running) -> None:
    assert sandbox.control("GET", "clock")[1] == {"now": "2026-01-31T12:00:00.000Z", "mode": "stepped", "speed": 0}
    identity = sandbox.client("sts").get_caller_identity()
    assert identity["Arn"] == f"arn:aws:iam::{identity['Account']}:user/learner"


def test_env_is_one_flat_object_of_strings_that_never_leads_to_aws(sandbox: Running) -> None:
    variables = sandbox.variables
    assert all(isinstance(value, str) for value in variables.values())
    assert variables["AWS_ENDPOINT_URL"] == variables["http_proxy"] == f"http://127.0.0.1:{sandbox.port}"
    assert variables["AWS_PROFILE"] == "default"
    assert "[default]" in Path(variables["AWS_CONFIG_FILE"]).read_text()
    assert variables["no_proxy"] == "127.0.0.1"


def test_a_taken_port_is_one_sentence(sandbox: Running, tmp_path: Path) -> None:
    sentence = refusal("up", "--port", str(sandbox.port), "--data", str(tmp_path))
    assert sentence.startswith(f"Port {sandbox.port} on 127.0.0.1 is taken.")
    assert "--port" in sentence


def test_a_newer_data_folder_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "journal.jsonl").write_text(json.dumps({"kind": "birth", "format": 99}) + "\n")
    assert "newer Dockyard (format 99" in refusal("up", "--port", str(free_port()), "--data", str(tmp_path))


def test_a_data_folder_that_is_no_folder_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    assert f"The data folder {file} cannot be used" in refusal("up", "--port", str(free_port()), "--data", str(file))


def test_a_damaged_journal_is_named_by_its_line(tmp_path: Path) -> None:
    with running(tmp_path) as up:
        up.client("ecs").create_cluster(clusterName="c")
    journal = tmp_path / "journal.jsonl"
    first, *rest = journal.read_text().splitlines()
    journal.write_text("\n".join([first, "{damaged", *rest]) + "\n")
    (tmp_path / "snapshot.pickle").unlink()
    sentence = refusal("up", "--port", str(free_port()), "--data", str(tmp_path))
    assert f"Line 2 of {journal} is damaged." in sentence


def test_what_is_not_built_yet_is_one_sentence(tmp_path: Path) -> None:
    assert "The docker runtime is not built yet." in refusal("up", "--runtime", "docker", "--data", str(tmp_path))
    assert "is no ISO 8601 time" in refusal("up", "--start", "noon", "--data", str(tmp_path))


def test_a_clock_that_cannot_be_is_one_sentence(tmp_path: Path) -> None:
    data = ("--data", str(tmp_path))
    assert "The stepped clock has no speed." in refusal("up", "--clock", "stepped", "--speed", "20", *data)
    for speed in ("0", "-1", "nan", "inf", "fast", "3601"):
        assert f"{speed} is no speed" in refusal("up", f"--speed={speed}", *data)


def test_a_verb_without_a_sandbox_names_the_command_that_starts_one(tmp_path: Path) -> None:
    assert "dockyard up" in refusal("env", "--data", str(tmp_path / "nothing"))


def test_sigterm_saves_and_the_next_start_goes_on(tmp_path: Path) -> None:
    with running(tmp_path, "--seed", "s") as up:
        up.client("ecs").create_cluster(clusterName="kept")
        up.client("s3").create_bucket(Bucket="kept")
        state = up.control("GET", "state")[1]
        assert up.stop() == 0
        assert up.stderr == ""
    with running(tmp_path, port=up.port) as again:
        assert again.control("GET", "state")[1] == state
        assert again.client("s3").list_buckets()["Buckets"][0]["Name"] == "kept"
    (tmp_path / "snapshot.pickle").write_bytes(b"no pickle")
    with running(tmp_path, port=up.port) as replayed:
        assert replayed.control("GET", "state")[1] == state


def test_another_seed_than_the_accounts_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    with running(tmp_path, "--seed", "s") as up:
        account = up.client("sts").get_caller_identity()["Account"]
        assert up.stop() == 0
    assert "was born of another seed" in refusal("up", "--seed", "t", "--data", str(tmp_path))
    with running(tmp_path, "--seed", "s", port=up.port) as again:
        assert again.client("sts").get_caller_identity()["Account"] == account


def test_the_control_api_asks_for_its_token(sandbox: Running) -> None:
    status, told = sandbox.control("GET", "state", token="guessed")
    assert status == 401
    assert "dockyard env" in told["message"]


def test_a_wrong_secret_is_refused_in_the_protocol_of_the_service(sandbox: Running) -> None:
    expected = {
        "ecs": "InvalidSignatureException", "ecr": "InvalidSignatureException", "logs": "InvalidSignatureException",
        "elbv2": "SignatureDoesNotMatch", "iam": "SignatureDoesNotMatch", "sts": "SignatureDoesNotMatch",
        "s3": "SignatureDoesNotMatch", "ec2": "AuthFailure",
    }  # fmt: skip
    calls = {
        "ecs": "list_clusters", "ecr": "describe_repositories", "logs": "describe_log_groups",
        "elbv2": "describe_load_balancers", "iam": "list_roles", "sts": "get_caller_identity", "s3": "list_buckets",
        "ec2": "describe_vpcs",
    }  # fmt: skip
    sandbox.variables["AWS_SECRET_ACCESS_KEY"], right = "wrong", sandbox.variables["AWS_SECRET_ACCESS_KEY"]
    try:
        for service, code in expected.items():
            with pytest.raises(ClientError) as refused:
                getattr(sandbox.client(service), calls[service])()
            assert refused.value.response["Error"]["Code"] == code, service
    finally:
        sandbox.variables["AWS_SECRET_ACCESS_KEY"] = right


def test_an_unknown_operation_says_what_there_is(sandbox: Running) -> None:
    with pytest.raises(ClientError, match=r"does not simulate StartTask of ecs yet\. It simulates: CreateCluster"):
        sandbox.client("ecs").start_task(cluster="c", containerInstances=["i"], taskDefinition="d")


def test_an_unknown_service_is_a_sentence(sandbox: Running) -> None:
    with pytest.raises(ClientError) as refused:
        sandbox.client("dynamodb").list_tables()
    assert "Dockyard" in refused.value.response["Error"]["Message"]


def test_an_unknown_step_is_a_sentence_at_the_command_line(sandbox: Running) -> None:
    command = [*COMMAND, "check", "00-worked-example/none"]
    told = subprocess.run(command, env=sandbox.environment, capture_output=True, text=True, check=False)
    assert told.returncode == 2
    assert told.stderr.startswith("Lab 00-worked-example has no step 'none'. Known: dockerize,")


def test_control_refuses_bad_input_with_a_sentence(sandbox: Running) -> None:
    assert sandbox.control("POST", "clock/advance", {"seconds": -1}) == (
        400, {"message": "`seconds` must be a number from 0 to 31622400."},
    )  # fmt: skip
    status, told = sandbox.control(
        "POST", "traffic", {"load_balancer": "none", "requests_per_second": 1, "cpu_ms": 1, "seconds": 1}
    )
    assert status == 404
    assert "none" in told["message"]
    status, told = sandbox.control("POST", "checks/00-worked-example/none")
    assert status == 404
    assert "dockerize" in str(told)
    status, told = sandbox.control("POST", "snapshots/none/restore")
    assert status == 404


def test_going_back_to_a_snapshot(sandbox: Running) -> None:
    sandbox.control("POST", "snapshots", {"name": "before"})
    sandbox.client("ecs").create_cluster(clusterName="later")
    assert sandbox.control("POST", "snapshots/before/restore")[0] == 200
    assert not any("later" in arn for arn in sandbox.client("ecs").list_clusters()["clusterArns"])


def through_the_proxy(sandbox: Running, address: str) -> tuple[int, str]:
    """What a client whose `http_proxy` is the edge receives."""
    edge = urllib.request.ProxyHandler({"http": f"http://127.0.0.1:{sandbox.port}"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.build_opener(edge).open(address)
    with refused.value as answer:
        return answer.code, answer.read().decode()


def test_a_balancers_name_answers_503_until_one_exists(sandbox: Running) -> None:
    status, sentence = through_the_proxy(sandbox, "http://lb-1.us-east-1.elb.amazonaws.com/predict")
    assert status == 503
    assert "No load balancer is called lb-1.us-east-1.elb.amazonaws.com. This account has none." in sentence


def test_nobody_else_is_proxied(sandbox: Running) -> None:
    status, sentence = through_the_proxy(sandbox, "http://example.com/")
    assert status == 403
    assert "not to example.com" in sentence
    assert "Ask 127.0.0.1:8080 instead." in through_the_proxy(sandbox, "http://localhost:8080/predict")[1]


def test_localhost_is_this_port_too_though_clients_send_it_through_the_proxy(sandbox: Running) -> None:
    proxy = Config(proxies={"http": f"http://127.0.0.1:{sandbox.port}"}, retries={"total_max_attempts": 1})
    key = {name: sandbox.variables[name.upper()] for name in ("aws_access_key_id", "aws_secret_access_key")}
    for service, call in (("ecs", "list_clusters"), ("s3", "list_buckets")):
        client = boto3.client(
            service, region_name="us-east-1", endpoint_url=f"http://localhost:{sandbox.port}", config=proxy, **key
        )
        assert getattr(client, call)()


def test_ec2_shows_the_interfaces_of_a_load_balancer(sandbox: Running) -> None:
    ec2, elbv2 = sandbox.client("ec2"), sandbox.client("elbv2")
    subnets = [one["SubnetId"] for one in ec2.describe_subnets()["Subnets"]][:2]
    elbv2.create_load_balancer(Name="seen", Subnets=subnets)
    shown = ec2.describe_network_interfaces()["NetworkInterfaces"]
    assert {one["SubnetId"] for one in shown} == set(subnets)
    assert all(one["Description"].startswith("ELB app/seen/") for one in shown)


def test_no_secret_is_shown(sandbox: Running) -> None:
    sandbox.client("secretsmanager").create_secret(Name="password", SecretString="hunter2")
    sandbox.client("ecr").get_authorization_token()
    shown = json.dumps(sandbox.control("GET", "journal")[1]) + json.dumps(sandbox.control("GET", "state")[1])
    journal = (sandbox.data / "journal.jsonl").read_text()
    for secret in ("hunter2", sandbox.variables["AWS_SECRET_ACCESS_KEY"], sandbox.variables["DOCKYARD_TOKEN"]):
        assert secret not in shown
    assert "AWS4-HMAC-SHA256" not in journal
    assert (sandbox.data / "journal.jsonl").stat().st_mode & 0o077 == 0
    assert (sandbox.data / "secrets.json").stat().st_mode & 0o077 == 0


def test_localstacks_own_client_finds_its_services(sandbox: Running) -> None:
    import localstack_client.session

    session = localstack_client.session.Session(
        aws_access_key_id=sandbox.variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=sandbox.variables["AWS_SECRET_ACCESS_KEY"],
        localstack_host=f"127.0.0.1:{sandbox.port}",
    )
    assert session.client("ecs").list_clusters()["clusterArns"] == []
