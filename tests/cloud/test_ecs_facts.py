"""What was observed of an image decides what its tasks do, in AWS's words; and containers of a task start in order."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cloud.builder import CONTAINER, NETWORK, REGION, Builder

from dockyard.cloud.ecs.facts import ImageFacts
from dockyard.cloud.ecs.service import Ecs
from dockyard.cloud.elbv2.service import ElasticLoadBalancing

OURS = "127.0.0.1:4566/123456789012/credit:1.0"
LOG = {
    "logDriver": "awslogs",
    "options": {"awslogs-group": "/app", "awslogs-region": REGION, "awslogs-stream-prefix": "model"},
}
SERVES = ImageFacts(ports=(8080,), answers={"/health": 200, "/": 200}, memory=128)
NO_MODULE = ImageFacts(exit_code=1, lines=("Traceback (most recent call last):", "No module named 'flask'"))


class Known(Builder):
    """A cloud whose image `credit` is in ECR, and a definition that runs it."""

    def __init__(self, **container: Any) -> None:
        super().__init__()
        self.call("logs", "CreateLogGroup", logGroupName="/app")
        self.call("ecr", "CreateRepository", repositoryName="credit")
        configuration = f"sha256:{'1' * 64}"
        self.call(
            "ecr", "CompleteLayerUpload", repositoryName="credit", uploadId="", layerDigests=[configuration],
            dockyardSize=2,
        )  # fmt: skip
        manifest = json.dumps({"schemaVersion": 2, "config": {"digest": configuration, "size": 2}, "layers": []})
        self.call("ecr", "PutImage", repositoryName="credit", imageManifest=manifest, imageTag="1.0")
        self.container = {**CONTAINER, "image": OURS, "logConfiguration": LOG, **container}

    @property
    def ecs(self) -> Ecs:
        return self.cloud.service(Ecs, REGION)

    def learn(self, facts: ImageFacts) -> None:
        """Answer what is asked about images in use."""
        told = facts.as_json()
        self.cloud.observe("ecs", REGION, [("learn", {"key": one.key, "facts": told}) for one in self.ecs.to_observe()])

    def run(self, facts: ImageFacts | None = None, *, seconds: float = 120, **definition: Any) -> dict[str, Any]:
        """A single task of the definition after a while."""
        self.define(**{"containerDefinitions": [self.container], **definition})
        self.call("ecs", "CreateCluster", clusterName="c")
        request = {"cluster": "c", "taskDefinition": "app", "launchType": "FARGATE", "networkConfiguration": NETWORK}
        arn = self.call("ecs", "RunTask", **request)["tasks"][0]["taskArn"]
        if facts:
            self.learn(facts)
        self.cloud.advance(seconds)
        return self.look_at(arn)

    def look_at(self, arn: str) -> dict[str, Any]:
        found: dict[str, Any] = self.look("ecs", "DescribeTasks", cluster="c", tasks=[arn])["tasks"][0]
        return found

    def log(self, task: dict[str, Any], container: str = "web") -> list[str]:
        stream = f"model/{container}/{task['taskArn'].rpartition('/')[2]}"
        found = self.look("logs", "GetLogEvents", logGroupName="/app", logStreamName=stream)["events"]
        return [one["message"] for one in found]

    def target(self) -> dict[str, str]:
        """The health of the service's targets, which all share it."""
        balancing = self.cloud.service(ElasticLoadBalancing, REGION)
        found = {one.health for one in balancing.group(self.target_group).targets.values() if one.health.reason}
        return {one.reason: one.description for one in found}


def test_an_image_that_ends_at_its_start_ends_its_task_and_leaves_its_last_lines() -> None:
    built = Known()
    task = built.run(NO_MODULE)
    assert (task["stopCode"], task["stoppedReason"]) == (
        "EssentialContainerExited",
        "Essential container in task exited",
    )
    assert (task["containers"][0]["exitCode"], task["containers"][0]["lastStatus"]) == (1, "STOPPED")
    assert "startedAt" in task
    assert built.log(task)[-1] == "No module named 'flask'"


def test_a_service_of_such_an_image_breaks_its_circuit() -> None:
    built = Known()
    built.define(containerDefinitions=[built.container])
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": False}}
    built.serve(deploymentConfiguration=breaker)
    built.learn(NO_MODULE)
    built.cloud.advance(600)
    deployment = built.service()["deployments"][0]
    assert deployment["rolloutState"] == "FAILED"
    assert deployment["failedTasks"] >= 3
    assert "deployment failed: tasks failed to start." in built.events()


@pytest.mark.parametrize(
    ("facts", "reason", "description"),
    [
        (ImageFacts(ports=(5000,)), "Target.FailedHealthChecks", "Health checks failed"),
        (ImageFacts(loopback=(8080,)), "Target.FailedHealthChecks", "Health checks failed"),
        (ImageFacts(ports=(8080,), answers={"/health": 0}), "Target.Timeout", "Request timed out"),
        (
            ImageFacts(ports=(8080,), answers={"/health": 404}),
            "Target.ResponseCodeMismatch",
            "Health checks failed with these codes: [404]",
        ),
    ],
    ids=["another port", "loopback only", "no answer", "no such path"],
)
def test_a_target_is_as_healthy_as_its_image_serves(facts: ImageFacts, reason: str, description: str) -> None:
    built = Known()
    built.define(containerDefinitions=[built.container])
    built.serve(healthCheckGracePeriodSeconds=600)
    built.learn(facts)
    built.cloud.advance(300)
    assert built.target() == {reason: description}


def test_an_observed_server_is_healthy_and_a_changed_path_is_asked_again() -> None:
    built = Known()
    built.define(containerDefinitions=[built.container])
    built.serve(healthCheckGracePeriodSeconds=600)
    built.learn(SERVES)
    assert built.steady()["runningCount"] == 2
    assert built.ecs.to_observe() == []
    built.call("elbv2", "ModifyTargetGroup", TargetGroupArn=built.target_group, HealthCheckPath="/ready")
    (asked,) = built.ecs.to_observe()
    assert "/ready" in asked.paths
    built.learn(ImageFacts(ports=(8080,), answers={"/health": 200, "/": 200, "/ready": 503}))
    built.cloud.advance(300)
    assert built.target() == {"Target.ResponseCodeMismatch": "Health checks failed with these codes: [503]"}


def test_an_image_that_needs_more_memory_than_it_gets_is_killed_and_runs_with_more() -> None:
    built = Known()
    facts = ImageFacts(out_of_memory=True, memory=512)
    task = built.run(facts, cpu="256", memory="512")
    told = task["containers"][0]
    assert (told["exitCode"], told["reason"]) == (137, "OutOfMemoryError: container killed due to memory usage")
    assert built.run(seconds=60)["lastStatus"] == "RUNNING"
    assert [one.memory for one in built.ecs.to_observe()] == [2048]  # nobody knows yet what it does with so much


@pytest.mark.parametrize(
    ("facts", "timeout", "seconds", "code"),
    [
        (ImageFacts(ports=(8080,), stop_code=0), None, 2, 0),
        (ImageFacts(ports=(8080,), stop_code=None), None, 30, 137),
        (ImageFacts(ports=(8080,), stop_code=None), 90, 90, 137),
        (None, None, 2, 143),
    ],
)
def test_a_stopped_task_ends_as_its_image_does(
    facts: ImageFacts | None, timeout: int | None, seconds: float, code: int
) -> None:
    built = Known(**({"stopTimeout": timeout} if timeout else {}))
    arn = built.run(facts, seconds=60)["taskArn"]
    built.call("ecs", "StopTask", cluster="c", task=arn)
    built.cloud.advance(seconds - 1)
    assert built.look_at(arn)["lastStatus"] == "STOPPING"
    built.cloud.advance(60)
    assert built.look_at(arn)["containers"][0]["exitCode"] == code


def test_a_failing_container_health_check_replaces_a_services_task_and_spares_a_single_one() -> None:
    check = {"command": ["CMD-SHELL", "curl -f http://localhost:8080/"], "interval": 10, "retries": 2}
    built = Known(healthCheck=check)
    asked = json.dumps(check["command"])
    failing = ImageFacts(ports=(8080,), checks={asked: False}, answers={"/health": 200, "/": 200})
    task = built.run(failing)
    assert (task["lastStatus"], task["healthStatus"]) == ("RUNNING", "UNHEALTHY")
    built.serve(balanced=False, desiredCount=1)
    built.cloud.advance(120)
    assert "failed container health checks." in built.events()
    arns = built.look("ecs", "ListTasks", cluster="c", desiredStatus="STOPPED")["taskArns"]
    assert built.look_at(arns[0])["stoppedReason"] == "Task failed container health checks"


def sidecar(name: str, **members: Any) -> dict[str, Any]:
    return {"name": name, "image": "busybox", "essential": False, **members}


def depends(on: str, condition: str) -> list[dict[str, str]]:
    return [{"containerName": on, "condition": condition}]


def test_containers_start_in_the_order_of_their_dependencies() -> None:
    check = {"command": ["CMD", "true"], "interval": 10}
    built = Known(dependsOn=depends("migrate", "SUCCESS") + depends("cache", "HEALTHY"))
    containers = [built.container, sidecar("migrate", logConfiguration=LOG), sidecar("cache", healthCheck=check)]
    task = built.run(seconds=8 + 8 + 4 + 5, containerDefinitions=containers)
    told = {one["name"]: one["lastStatus"] for one in task["containers"]}
    assert (task["lastStatus"], told) == ("ACTIVATING", {"web": "PENDING", "migrate": "STOPPED", "cache": "RUNNING"})
    built.cloud.advance(10)
    task = built.look_at(task["taskArn"])
    told = {one["name"]: (one["lastStatus"], one.get("exitCode")) for one in task["containers"]}
    assert task["lastStatus"] == "RUNNING"
    assert told == {"web": ("RUNNING", None), "migrate": ("STOPPED", 0), "cache": ("RUNNING", None)}


def test_a_container_whose_dependency_fails_never_starts_and_ends_the_task() -> None:
    built = Known(name="migrate", essential=False)
    web = {**CONTAINER, "dependsOn": depends("migrate", "SUCCESS")}
    task = built.run(NO_MODULE, containerDefinitions=[built.container, web])
    told = {one["name"]: one.get("exitCode") for one in task["containers"]}
    assert (task["stopCode"], told) == ("EssentialContainerExited", {"migrate": 1, "web": 143})
    assert "startedAt" not in task
    complete = {**CONTAINER, "dependsOn": depends("migrate", "COMPLETE")}
    task = built.run(NO_MODULE, containerDefinitions=[built.container, complete])
    assert task["lastStatus"] == "RUNNING"  # COMPLETE asks for an end only


def test_a_container_waits_for_another_only_so_long() -> None:
    check = {"command": ["CMD", "false"], "interval": 300}
    built = Known(dependsOn=depends("cache", "HEALTHY"), startTimeout=60)
    containers = [built.container, sidecar("cache", healthCheck=check)]
    task = built.run(seconds=8 + 8 + 4 + 55, containerDefinitions=containers)
    assert task["lastStatus"] == "ACTIVATING"
    built.cloud.advance(60)
    assert built.look_at(task["taskArn"])["stopCode"] == "EssentialContainerExited"


def test_the_end_of_a_container_that_is_not_essential_ends_nothing_and_of_one_of_two_essential_all() -> None:
    built = Known(essential=False, portMappings=[], name="job")
    task = built.run(NO_MODULE, containerDefinitions=[built.container, CONTAINER])
    assert task["lastStatus"] == "RUNNING"
    built = Known(portMappings=[], name="job")
    task = built.run(NO_MODULE, containerDefinitions=[built.container, CONTAINER])
    assert {one["name"]: one["exitCode"] for one in task["containers"]} == {"job": 1, "web": 143}


def test_a_command_or_a_variable_makes_another_observation_of_the_same_image() -> None:
    built = Known()
    built.run(SERVES)
    built.define(containerDefinitions=[{**built.container, "environment": [{"name": "LOG", "value": "debug"}]}])
    override = {"containerOverrides": [{"name": "web", "command": ["python", "train.py"]}]}
    for overrides in ({}, override):
        request = {"cluster": "c", "taskDefinition": "app", "launchType": "FARGATE", "networkConfiguration": NETWORK}
        built.call("ecs", "RunTask", **request, overrides=overrides)
    asked = built.ecs.to_observe()
    assert [(one.container.get("command"), len(one.container["environment"])) for one in asked] == [
        (None, 1),
        (["python", "train.py"], 1),
    ]
