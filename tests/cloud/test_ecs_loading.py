"""An image that takes its time until it listens, and one for another CPU: what their tasks do, in AWS's words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cloud.builder import CONTAINER, NETWORK, REGION, Builder
from landscape import EXECUTION_ROLE

LOG = {
    "logDriver": "awslogs",
    "options": {"awslogs-group": "/app", "awslogs-region": REGION, "awslogs-stream-prefix": "model"},
}
LAYER = f"sha256:{'1' * 64}"
PYTHON = {"entrypoint": "", "command": "python", "starts_after": 0.0}
SLOW = {**PYTHON, "starts_after": 90.0}


class Pushed(Builder):
    """A cloud with the repository `credit`, a log group, and a container of its image 1.0."""

    def __init__(self) -> None:
        super().__init__()
        self.call("logs", "CreateLogGroup", logGroupName="/app")
        self.call("ecr", "CreateRepository", repositoryName="credit")
        self.call(
            "ecr", "CompleteLayerUpload", repositoryName="credit", uploadId="", layerDigests=[LAYER], dockyardSize=2
        )
        self.container: dict[str, Any] = {
            **CONTAINER, "image": "127.0.0.1:4566/123456789012/credit:1.0", "logConfiguration": LOG,
        }  # fmt: skip

    def push(self, tag: str = "1.0", architecture: str = "amd64", said: dict[str, Any] = PYTHON, **more: Any) -> str:
        """An image under a tag, as the registry puts it; returns its digest."""
        manifest = {
            "schemaVersion": 2, "config": {"digest": LAYER, "size": 2}, "layers": [], "annotations": {"for": tag},
            **more,
        }  # fmt: skip
        image = self.call(
            "ecr", "PutImage", repositoryName="credit", imageManifest=json.dumps(manifest), imageTag=tag,
            dockyardArchitecture=architecture, dockyardConfiguration=said,
        )["image"]  # fmt: skip
        return str(image["imageId"]["imageDigest"])

    def deploy(self, *, grace: int = 0, **container: Any) -> None:
        """The service of one task behind the load balancer."""
        self.define(containerDefinitions=[{**self.container, **container}])
        self.balance()
        self.call("elbv2", "DescribeLoadBalancers")  # once it is active
        self.serve(desiredCount=1, healthCheckGracePeriodSeconds=grace)

    def run(self, *, seconds: float = 120, **container: Any) -> dict[str, Any]:
        """A single task of the definition after a while."""
        self.define(containerDefinitions=[{**self.container, **container}])
        self.call("ecs", "CreateCluster", clusterName="c")
        request = {"cluster": "c", "taskDefinition": "app", "launchType": "FARGATE", "networkConfiguration": NETWORK}
        arn = self.call("ecs", "RunTask", **request)["tasks"][0]["taskArn"]
        self.cloud.advance(seconds)
        found: dict[str, Any] = self.look("ecs", "DescribeTasks", cluster="c", tasks=[arn])["tasks"][0]
        return found

    def health(self) -> dict[str, str]:
        """How the only target is."""
        described = self.look("elbv2", "DescribeTargetHealth", TargetGroupArn=self.target_group)
        found: dict[str, str] = described["TargetHealthDescriptions"][0]["TargetHealth"]
        return found

    def log(self) -> list[str]:
        """What the tasks wrote, but for the line about their start."""
        events = self.look("logs", "FilterLogEvents", logGroupName="/app")["events"]
        return [one["message"] for one in events if " started from " not in one["message"]]

    def until_running(self) -> None:
        while not any(one["lastStatus"] == "RUNNING" for one in self.tasks()):
            self.cloud.advance(1)


@pytest.fixture
def built() -> Pushed:
    return Pushed()


def test_a_server_that_loads_for_longer_than_its_checks_bear_is_replaced_again_and_again(built: Pushed) -> None:
    built.push(said=SLOW)
    built.deploy()
    built.until_running()
    built.cloud.advance(6)
    assert built.health() == {
        "State": "initial", "Reason": "Elb.InitialHealthChecking", "Description": "Initial health checks in progress",
    }  # fmt: skip
    first = built.tasks()[0]["taskArn"]
    built.cloud.advance(600)
    group = built.target_group
    stopped = [one["stoppedReason"] for one in built.tasks("STOPPED")]
    assert len(stopped) > 1
    assert set(stopped) == {f"Task failed ELB health checks in (target-group {group})"}
    name = first.rpartition("/")[2]
    unhealthy = f"(task {name}) (port 8080) is unhealthy in (target-group {group}) due to (reason Health checks failed)"
    assert unhealthy in built.events()
    assert "steady" not in built.events()


def test_a_grace_period_that_covers_the_loading_brings_the_service_up(built: Pushed) -> None:
    built.push(said=SLOW)
    built.deploy(grace=300)
    built.until_running()
    built.cloud.advance(40)
    assert built.health()["Reason"] == "Target.FailedHealthChecks"  # that nobody acts on yet
    assert built.service()["runningCount"] == 1
    built.cloud.advance(300)
    assert built.health() == {"State": "healthy"}
    assert not built.tasks("STOPPED")
    assert "has reached a steady state." in built.events()


def test_a_server_listens_the_seconds_that_its_image_says_after_its_start(built: Pushed) -> None:
    built.push(said={**SLOW, "starts_after": 20.0})
    built.deploy()
    built.until_running()
    built.offer(1, 3600)
    built.cloud.advance(20)
    assert built.tally().served == 0
    built.cloud.advance(100)
    assert built.tally().served == pytest.approx(100)


def test_a_fork_loads_on(built: Pushed) -> None:
    built.push(said=SLOW)
    built.deploy(grace=300)
    built.until_running()
    fork = built.cloud.fork("later", built.land)
    fork.advance(80)
    asked = {"TargetGroupArn": built.target_group}
    found = fork.call("elbv2", "DescribeTargetHealth", REGION, asked)["TargetHealthDescriptions"][0]["TargetHealth"]
    assert found["Reason"] == "Target.FailedHealthChecks"
    fork.advance(300)
    found = fork.call("elbv2", "DescribeTargetHealth", REGION, asked)["TargetHealthDescriptions"][0]["TargetHealth"]
    assert found == {"State": "healthy"}


@pytest.mark.parametrize(("start", "health"), [(0, "UNHEALTHY"), (60, "UNKNOWN")])
def test_a_containers_own_check_fails_while_it_loads(built: Pushed, start: int, health: str) -> None:
    built.push(said=SLOW)
    check = {"command": ["CMD", "true"], "interval": 10, "retries": 3, "startPeriod": start}
    task = built.run(seconds=27 + 60, healthCheck=check)  # 27 s and a little to its start
    assert task["lastStatus"] == "RUNNING"
    assert task["healthStatus"] == health
    built.cloud.advance(60)
    assert built.tasks()[0]["healthStatus"] == "HEALTHY"


@pytest.mark.parametrize(("grace", "failed"), [(0, True), (300, False)])
def test_a_services_grace_period_is_for_the_containers_own_check_too(built: Pushed, grace: int, failed: bool) -> None:
    built.push(said=SLOW)
    built.deploy(grace=grace, healthCheck={"command": ["CMD", "x"], "interval": 10})
    built.cloud.advance(600)
    assert ("failed container health checks" in built.events()) == failed
    assert ("has reached a steady state" in built.events()) != failed


def test_an_image_put_again_by_a_client_starts_as_the_one_that_was_pushed(built: Pushed) -> None:
    built.push(said=SLOW)
    manifest = {"schemaVersion": 2, "config": {"digest": LAYER, "size": 2}, "layers": [], "annotations": {"for": "me"}}
    built.call("ecr", "PutImage", repositoryName="credit", imageManifest=json.dumps(manifest), imageTag="2.0")
    built.container["image"] = built.container["image"].replace("1.0", "2.0")
    built.deploy(grace=300)
    built.until_running()
    built.cloud.advance(40)
    assert built.health()["Reason"] == "Target.FailedHealthChecks"


def test_a_lone_image_for_another_cpu_is_pulled_and_cannot_be_executed(built: Pushed) -> None:
    built.push(architecture="arm64")
    task = built.run()
    assert (task["lastStatus"], task["stopCode"]) == ("STOPPED", "EssentialContainerExited")
    assert task["stoppedReason"] == "Essential container in task exited"
    assert task["containers"][0]["exitCode"] == 1
    assert "reason" not in task["containers"][0]
    assert built.log() == ["exec /usr/local/bin/python: exec format error"]


def test_a_manifest_that_may_not_be_read_is_not_resolved_and_a_layer_is_not_copied(built: Pushed) -> None:
    built.push()
    built.land.refused.add((EXECUTION_ROLE, "ecr:GetDownloadUrlForLayer"))
    said = built.run()["stoppedReason"]
    where = f"https://123456789012.dkr.ecr.us-east-1.amazonaws.com/v2/credit/blobs/{LAYER}"
    assert said.startswith("CannotPullContainerError: ref pull has been retried")
    assert said.endswith(f"failed to copy: httpReadSeeker: failed open: unexpected status code {where}: 403 Forbidden")
    built.land.refused.add((EXECUTION_ROLE, "ecr:BatchGetImage"))
    built.land.why = "with an explicit deny in a resource-based policy"
    said = built.run()["stoppedReason"]
    assert said.endswith("repository/credit with an explicit deny in a resource-based policy")
    assert f"failed to resolve ref {built.container['image']}: unexpected status: 403 Forbidden: " in said


@pytest.mark.parametrize(
    ("image", "whole"),
    [
        ("pyhton:3.12-slim", "docker.io/library/pyhton:3.12-slim"),
        ("somebody/pyhton:3.12", "docker.io/somebody/pyhton:3.12"),
        ("public.ecr.aws/docker/library/pyhton:3", "public.ecr.aws/docker/library/pyhton:3"),
    ],
)
def test_an_image_that_no_public_registry_has_is_named_whole(built: Pushed, image: str, whole: str) -> None:
    assert f"failed to resolve ref {whole}: pull access denied" in built.run(image=image)["stoppedReason"]


def test_an_index_without_the_tasks_cpu_is_not_pulled(built: Pushed) -> None:
    member = {"digest": built.push(architecture="arm64"), "size": 2}
    index = json.dumps({"schemaVersion": 2, "manifests": [member]})
    built.call("ecr", "PutImage", repositoryName="credit", imageManifest=index, imageTag="index")
    task = built.run(image=built.container["image"].replace("1.0", "index"))
    assert task["stopCode"] == "TaskFailedToStart"
    assert task["stoppedReason"].startswith("CannotPullContainerError: ")
    wanted = "image Manifest does not contain descriptor matching platform 'linux/amd64'"
    assert task["stoppedReason"].endswith(wanted)


@pytest.mark.parametrize(
    ("said", "container", "program"),
    [
        ({"entrypoint": "gunicorn", "command": "--bind"}, {}, "/usr/local/bin/gunicorn"),
        ({"entrypoint": "/serve", "command": "python"}, {"command": ["sh"]}, "/serve"),
        ({"entrypoint": "/serve", "command": "python"}, {"entryPoint": ["sh", "-c"]}, "/usr/bin/sh"),
        ({"entrypoint": "", "command": "python"}, {"command": ["flask", "run"]}, "/usr/local/bin/flask"),
        ({"entrypoint": "", "command": ""}, {}, "user process caused"),
    ],
)
def test_the_program_that_cannot_be_executed_is_named(
    built: Pushed, said: dict[str, Any], container: dict[str, Any], program: str
) -> None:
    built.push(architecture="arm64", said={**PYTHON, **said})
    built.run(**container)
    assert built.log() == [f"exec {program}: exec format error"]
