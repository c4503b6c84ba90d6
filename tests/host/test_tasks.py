"""On the live clock a task's containers are processes: they answer, write, end and are replaced; nothing is left."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from host.deployed import CHECK, Deployed, server, state_text, until
from running import COMMAND, Running, running

PORT = {"portMappings": [{"containerPort": 8080}]}
#: It writes whose credentials it has and what its secret is.
ASKS = """
import os
print(os.environ["AWS_ENDPOINT_URL"].rpartition(":")[2], os.environ["AWS_SESSION_TOKEN"][:1] != "", flush=True)
print(os.environ["PASSWORD"], open("/shared/note").read(), flush=True)
"""
NOTES = 'open("/shared/note", "w").write("from the first")\n'


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    with running(tmp_path_factory.mktemp("data"), "--clock", "live", "--speed", "60") as sandbox:
        yield Deployed(sandbox)


def processes(sandbox: Running) -> list[psutil.Process]:
    """The processes of a sandbox's containers."""
    return [one for one in psutil.Process(sandbox.process.pid).children(recursive=True) if "app.py" in one.cmdline()]


def test_a_service_answers_through_its_balancer_and_what_dies_is_replaced(deployed: Deployed) -> None:
    image = deployed.push("serves", app=server(), check="raise SystemExit(0)")
    greeting = [{"name": "GREETING", "value": "a prediction"}]
    deployed.define({"image": image, **PORT, "healthCheck": CHECK, "environment": greeting})
    deployed.serve()
    assert until(lambda: deployed.ask()[0] == 200)
    assert deployed.ask() == (200, "a prediction")
    (first,) = deployed.ecs.list_tasks(cluster="c")["taskArns"]
    assert until(lambda: "serving" in deployed.log(first))
    assert until(lambda: deployed.task(first)["healthStatus"] == "HEALTHY")
    assert until(lambda: deployed.happenings("used"))
    assert deployed.sandbox.control("GET", "status")[1]["containers_running"] == 1

    deployed.ask("/die")
    ended = until(lambda: (task := deployed.task(first))["lastStatus"] == "STOPPED" and task)
    assert (ended["containers"][0]["exitCode"], ended["stopCode"]) == (7, "EssentialContainerExited")
    assert until(lambda: deployed.ask()[0] == 200)

    (second,) = deployed.ecs.list_tasks(cluster="c")["taskArns"]
    for one in processes(deployed.sandbox):
        one.kill()
    assert until(lambda: deployed.task(second)["lastStatus"] == "STOPPED")
    assert deployed.task(second)["containers"][0]["exitCode"] == 137
    assert until(lambda: deployed.ask()[0] == 200)


def test_a_stopped_task_gets_sigterm_and_says_how_it_ended(deployed: Deployed) -> None:
    deployed.define({"image": deployed.push("serves", app=server(), check="raise SystemExit(0)"), **PORT})
    arn = deployed.run()
    until(lambda: "serving" in deployed.log(arn))
    deployed.ecs.stop_task(cluster="c", task=arn)
    assert until(lambda: deployed.task(arn)["lastStatus"] == "STOPPED")
    assert deployed.task(arn)["containers"][0]["exitCode"] == 0


def test_a_server_that_loads_really_starts_when_it_has_loaded_and_another_cpus_never_does(deployed: Deployed) -> None:
    image = deployed.push("slow", labels={"dev.dockyard.starts-after": "400"}, app=server(), check="raise SystemExit")
    deployed.define({"image": image, **PORT, "healthCheck": {**CHECK, "startPeriod": 300, "retries": 10}})
    arn = deployed.run()
    task = until(lambda: (task := deployed.task(arn))["lastStatus"] == "RUNNING" and task)
    assert until(lambda: "serving" in deployed.log(arn))
    assert deployed.log_times(arn)["serving"] - task["startedAt"].timestamp() > 390
    assert until(lambda: deployed.task(arn)["healthStatus"] == "HEALTHY")
    deployed.ecs.stop_task(cluster="c", task=arn)

    deployed.define({"image": deployed.push("arm", platform="linux/arm64", app=server()), **PORT})
    arn = deployed.run()
    task = until(lambda: (task := deployed.task(arn))["lastStatus"] == "STOPPED" and task)
    assert (task["stopCode"], task["containers"][0]["exitCode"]) == ("EssentialContainerExited", 1)
    assert deployed.log(arn)[-1] == "exec /usr/local/bin/python: exec format error"


def test_a_crash_and_a_command_that_is_not_there_end_their_tasks(deployed: Deployed) -> None:
    image = deployed.push("crash", app="import torch\n")
    for command, code, said in ((None, 1, "No module named 'torch'"), (["gunicorn"], 127, "gunicorn")):
        deployed.define({"image": image, **({"command": command} if command else {})})
        arn = deployed.run()
        task = until(lambda arn=arn: (task := deployed.task(arn))["lastStatus"] == "STOPPED" and task)
        assert (task["stopCode"], task["containers"][0]["exitCode"]) == ("EssentialContainerExited", code)
        assert said in deployed.log(arn)[-1]


def test_containers_of_a_task_share_volumes_and_come_in_their_order_with_secrets_and_a_role(deployed: Deployed) -> None:
    secret = deployed.sandbox.client("secretsmanager").create_secret(Name="db", SecretString='{"password": "hunter2"}')
    iam = deployed.sandbox.client("iam")
    iam.attach_role_policy(RoleName="tasks", PolicyArn="arn:aws:iam::aws:policy/SecretsManagerReadWrite")
    mounts = [{"sourceVolume": "shared", "containerPath": "/shared"}]
    first = {"name": "first", "image": deployed.push("notes", app=NOTES), "essential": False, "mountPoints": mounts}
    second = {
        "image": deployed.push("asks", app=ASKS),
        "mountPoints": mounts,
        "dependsOn": [{"containerName": "first", "condition": "SUCCESS"}],
        "secrets": [{"name": "PASSWORD", "valueFrom": f"{secret['ARN']}:password::"}],
    }
    deployed.define(first, second, volumes=[{"name": "shared"}], taskRoleArn=deployed.role)
    arn = deployed.run()
    task = until(lambda: (task := deployed.task(arn))["lastStatus"] == "STOPPED" and task)
    ended = {one["name"]: one["exitCode"] for one in task["containers"]}
    assert ended == {"first": 0, "web": 0}, deployed.log(arn)
    assert deployed.log(arn)[-2:] == [f"{deployed.sandbox.port} True", "hunter2 from the first"]


def test_tasks_come_back_with_the_sandbox_and_replay_starts_nothing(tmp_path: Path) -> None:
    with running(tmp_path, "--clock", "live", "--speed", "60") as sandbox:
        deployed = Deployed(sandbox)
        deployed.define({"image": deployed.push("serves", app=server(), check=""), **PORT})
        deployed.serve()
        assert until(lambda: deployed.ask()[0] == 200)
        assert sandbox.stop() == 0
    with running(tmp_path, "--clock", "live", "--speed", "60", port=sandbox.port) as again:
        deployed.sandbox = again
        assert until(lambda: deployed.ask()[0] == 200)
        assert again.stop() == 0
    (tmp_path / "snapshot.pickle").unlink()
    with running(tmp_path, "--runtime", "modelled", port=sandbox.port) as modelled:
        assert processes(modelled) == []
        assert '"outside": false' in state_text(modelled)
        assert '"outside": true' not in state_text(modelled)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--runtime", "docker"], "The docker runtime is not built yet."),
        (["--runtime", "process", "--clock", "stepped"], "Processes live in real time"),
    ],
)
def test_a_runtime_that_cannot_be_is_a_sentence(options: list[str], sentence: str, tmp_path: Path) -> None:
    done = subprocess.run([*COMMAND, "up", "--data", str(tmp_path), *options], capture_output=True, text=True)
    assert done.returncode == 2
    assert sentence in done.stderr
