"""ECS keeps AWS's promises: what it refuses, how tasks live and die, how services heal, roll and roll back."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from cloud.builder import CONTAINER, NETWORK, Builder
from landscape import POWERLESS_ROLE, STRANGER_ROLE

from dockyard.cloud.neighbours import SecurityGroup
from dockyard.errors import AwsError

OURS = "127.0.0.1:4566/123456789012/credit:1.0"


def container(**changes: Any) -> list[dict[str, Any]]:
    return [{**CONTAINER, **changes}]


REFUSED_DEFINITIONS = [
    ({"cpu": "512", "memory": "512"}, "No Fargate configuration exists for given values: 512 CPU, 512 memory."),
    ({"cpu": None}, "Fargate requires that 'cpu' be defined at the task level."),
    ({"networkMode": None}, "Fargate only supports network mode ‘awsvpc’."),
    ({"cpu": "much"}, "Invalid 'cpu' setting for task."),
    (
        {"executionRoleArn": None, "containerDefinitions": container(image=OURS)},
        "Fargate requires task definition to have execution role ARN to support ECR images.",
    ),
    (
        {"containerDefinitions": container(portMappings=[{"containerPort": 5000, "hostPort": 80}])},
        "When networkMode=awsvpc, the host ports and container ports in port mappings must match.",
    ),
    *(
        (
            {"containerDefinitions": container(portMappings=[mapping])},
            f"Invalid '{setting}' setting for container 'web'.",
        )
        for mapping, setting in (
            ({"containerPort": 99999}, "containerPort"),
            ({"containerPort": 0}, "containerPort"),
            ({"hostPort": 80}, "containerPort"),
            ({"containerPort": 80, "hostPort": 65536}, "hostPort"),
        )
    ),
    ({"containerDefinitions": []}, "Container list cannot be empty."),
    ({"containerDefinitions": container(essential=False)}, "Task definition doesn't have any essential container"),
    (
        {"containerDefinitions": container(resourceRequirements=[{"type": "GPU", "value": "1"}])},
        "Tasks using the Fargate launch type do not support GPU resource requirements",
    ),
    ({"containerDefinitions": container(memory=4096)}, "The 'memory' setting for container 'web' is greater than"),
    (
        {
            "containerDefinitions": container(
                logConfiguration={"logDriver": "awslogs", "options": {"awslogs-group": "g"}}
            )
        },
        "Fargate requires log configuration options to include awslogs-region",
    ),
    (
        {"containerDefinitions": container(dependsOn=[{"containerName": "db", "condition": "START"}])},
        "Container 'web' depends on 'db', which is not in the definition.",
    ),
]


@pytest.mark.parametrize(("changes", "sentence"), REFUSED_DEFINITIONS, ids=[one[1][:40] for one in REFUSED_DEFINITIONS])
def test_a_definition_fargate_cannot_run_is_refused_in_its_words(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(AwsError) as refusal:
        Builder().define(**changes)
    assert refusal.value.code == "ClientException"
    assert sentence in refusal.value.message


def test_sizes_in_vcpu_and_gb_become_units_and_mib() -> None:
    built = Builder()
    built.define(cpu="1 vCPU", memory="2 GB")
    document = built.call("ecs", "DescribeTaskDefinition", taskDefinition="app")["taskDefinition"]
    assert (document["cpu"], document["memory"], document["revision"]) == ("1024", "2048", 1)


def refused_service(**changes: Any) -> AwsError:
    built = Builder()
    built.define()
    with pytest.raises(AwsError) as refusal:
        built.serve(**changes)
    return refusal.value


def test_a_service_without_network_is_refused() -> None:
    assert refused_service(networkConfiguration={}).message == (
        "Network Configuration must be provided when networkMode 'awsvpc' is specified."
    )


def test_a_service_names_a_container_and_port_of_its_definition() -> None:
    built = Builder()
    built.define()
    group = built.balance()
    wrong = [
        ({"containerName": "app", "containerPort": 8080}, "The container app does not exist in the task definition."),
        ({"containerName": "web", "containerPort": 80}, "The container web did not have a container port 80 defined."),
    ]
    for named, sentence in wrong:
        with pytest.raises(AwsError, match=sentence):
            built.serve(loadBalancers=[{"targetGroupArn": group, **named}])


def test_a_target_group_without_listener_is_refused() -> None:
    built = Builder()
    built.define()
    group = built.call(
        "elbv2", "CreateTargetGroup", Name="tg", Protocol="HTTP", Port=80, VpcId="vpc-1", TargetType="ip"
    )["TargetGroups"][0]["TargetGroupArn"]
    with pytest.raises(AwsError, match="does not have an associated load balancer"):
        built.serve(loadBalancers=[{"targetGroupArn": group, "containerName": "web", "containerPort": 8080}])


def test_a_blocked_rollout_and_a_second_service_of_the_name_are_refused() -> None:
    both = {"minimumHealthyPercent": 100, "maximumPercent": 100}
    assert "Both maximumPercent and minimumHealthyPercent" in refused_service(deploymentConfiguration=both).message
    built = Builder()
    built.define()
    built.serve()
    with pytest.raises(AwsError, match="Creation of service was not idempotent"):
        built.serve()


def test_two_tasks_run_in_two_zones_and_are_healthy_behind_the_balancer() -> None:
    built = Builder()
    built.define()
    built.serve()
    service = built.steady()
    assert (service["runningCount"], len(service["deployments"])) == (2, 1)
    assert {one["availabilityZone"] for one in built.tasks()} == {"us-east-1a", "us-east-1b"}
    health = built.call("elbv2", "DescribeTargetHealth", TargetGroupArn=built.target_group)
    assert [one["TargetHealth"]["State"] for one in health["TargetHealthDescriptions"]] == ["healthy", "healthy"]
    assert "has reached a steady state." in built.events()


def test_a_deployment_is_spread_over_the_zones_wherever_the_one_before_it_sits() -> None:
    built = Builder()
    built.define()
    built.serve(networkConfiguration=network("subnet-a"))
    built.steady()
    built.call("ecs", "UpdateService", cluster="c", service="s", networkConfiguration=network("subnet-a", "subnet-b"))
    built.steady()
    assert {one["availabilityZone"] for one in built.tasks()} == {"us-east-1a", "us-east-1b"}


def network(*subnets: str) -> dict[str, Any]:
    return {"awsvpcConfiguration": {**NETWORK["awsvpcConfiguration"], "subnets": list(subnets)}}


def test_a_stopped_task_is_replaced() -> None:
    built = Builder()
    built.define()
    built.serve()
    built.steady()
    victim = built.tasks()[0]["taskArn"]
    built.call("ecs", "StopTask", cluster="c", task=victim, reason="night")
    built.steady()
    alive = [one["taskArn"] for one in built.tasks()]
    assert len(alive) == 2
    assert victim not in alive
    stopped = built.look("ecs", "DescribeTasks", cluster="c", tasks=[victim])["tasks"][0]
    assert (stopped["stopCode"], stopped["stoppedReason"]) == ("UserInitiated", "night")


def stop_reason(built: Builder, **definition: Any) -> str:
    """Why a single task of this definition stopped."""
    built.define(**definition)
    built.call("ecs", "CreateCluster", clusterName="c")
    request = {"cluster": "c", "taskDefinition": "app", "launchType": "FARGATE", "networkConfiguration": NETWORK}
    arn = built.call("ecs", "RunTask", **request)["tasks"][0]["taskArn"]
    built.cloud.advance(300)
    task = built.look("ecs", "DescribeTasks", cluster="c", tasks=[arn])["tasks"][0]
    assert task["lastStatus"] == "STOPPED"
    assert task["stopCode"] == "TaskFailedToStart"
    return str(task["stoppedReason"])


def test_an_image_that_is_not_there_stops_the_task() -> None:
    reason = stop_reason(Builder(), containerDefinitions=container(image=OURS))
    assert reason.startswith("CannotPullContainerError: pull image manifest has been retried 7 time(s)")
    assert reason.endswith(f"{OURS}: not found")


def test_an_execution_role_without_rights_stops_the_task() -> None:
    reason = stop_reason(Builder(), containerDefinitions=container(image=OURS), executionRoleArn=POWERLESS_ROLE)
    assert reason.startswith("ResourceInitializationError: unable to pull secrets or registry auth")
    assert "is not authorized to perform: ecr:GetAuthorizationToken" in reason


def test_a_missing_log_group_stops_the_task() -> None:
    options = {"awslogs-group": "/ecs/none", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "web"}
    log = {"logDriver": "awslogs", "options": options}
    reason = stop_reason(Builder(), containerDefinitions=container(logConfiguration=log))
    assert reason.startswith("ResourceInitializationError: failed to validate logger args")
    assert "The specified log group does not exist" in reason


def test_no_way_out_of_the_subnet_stops_the_task() -> None:
    built = Builder()
    built.land.subnets = {
        name: type(one)(one.id, one.vpc, one.zone, one.cidr, "") for name, one in built.land.subnets.items()
    }
    reason = stop_reason(built, containerDefinitions=container(image=OURS))
    assert "unable to retrieve ecr registry auth" in reason
    assert reason.endswith("i/o timeout")


def test_a_role_that_ecs_cannot_assume_gives_no_task_but_an_event() -> None:
    built = Builder()
    built.define(executionRoleArn=STRANGER_ROLE)
    built.serve()
    built.cloud.advance(600)
    assert built.tasks() == []
    assert f"failed to launch a task with (error ECS was unable to assume the role '{STRANGER_ROLE}'" in built.events()
    built.call("ecs", "UpdateService", cluster="c", service="s", desiredCount=0)
    with pytest.raises(AwsError, match="ECS was unable to assume the role"):
        stop_reason(built, executionRoleArn=STRANGER_ROLE)


def test_tasks_that_never_start_are_retried_ever_more_rarely() -> None:
    built = Builder()
    built.define(containerDefinitions=container(image=OURS))
    built.serve(balanced=False)
    built.cloud.advance(3600)
    failed_early = built.service()["deployments"][0]["failedTasks"]
    built.cloud.advance(3600)
    failed_late = built.service()["deployments"][0]["failedTasks"] - failed_early
    assert 0 < failed_late < failed_early
    assert "is unable to consistently start tasks successfully." in built.events()


def test_a_rolling_update_loses_no_request_and_never_runs_fewer_than_the_least() -> None:
    built = Builder()
    built.define()
    built.serve()
    built.steady()
    built.offer(10, seconds=7200)
    built.define()
    built.call("ecs", "UpdateService", cluster="c", service="s", taskDefinition="app:2")
    counts = set()
    for _ in range(120):
        built.cloud.advance(10)
        counts.add(sum(one["lastStatus"] == "RUNNING" for one in built.tasks()))
    service = built.steady()
    assert service["taskDefinition"].endswith("app:2")
    assert service["deployments"][0]["rolloutState"] == "COMPLETED"
    assert min(counts) >= 2
    assert max(counts) <= 4
    assert built.tally().failed == 0


def test_the_circuit_breaker_rolls_back_while_the_old_version_serves() -> None:
    built = Builder()
    built.define()
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    built.serve(deploymentConfiguration=breaker)
    built.steady()
    built.offer(10, seconds=7200)
    built.define(containerDefinitions=container(image=OURS))
    built.call("ecs", "UpdateService", cluster="c", service="s", taskDefinition="app:2")
    built.cloud.advance(1800)
    service = built.steady()
    assert service["taskDefinition"].endswith("app:1")
    assert service["deployments"][0]["rolloutState"] == "COMPLETED"
    assert "rolling back to deployment" in built.events()
    assert "deployment failed: tasks failed to start." in built.events()
    assert built.tally().failed == 0


def test_a_closed_security_group_makes_tasks_fail_their_health_checks() -> None:
    built = Builder()
    built.define()
    built.land.groups["sg-task"] = SecurityGroup("sg-task", "vpc-1", (), built.land.groups["sg-lb"].egress)
    built.serve()
    built.cloud.advance(600)
    stopped = built.tasks("STOPPED")
    assert f"Task failed ELB health checks in (target-group {built.target_group})" in {
        one["stoppedReason"] for one in stopped
    }
    assert "is unhealthy in (target-group" in built.events()
    assert "(reason Request timed out)" in built.events()


def test_a_grace_period_spares_a_task_that_is_not_healthy_yet() -> None:
    built = Builder()
    built.define()
    built.land.groups["sg-task"] = SecurityGroup("sg-task", "vpc-1", (), built.land.groups["sg-lb"].egress)
    built.serve(healthCheckGracePeriodSeconds=900)
    built.cloud.advance(600)
    assert len([one for one in built.tasks() if one["lastStatus"] == "RUNNING"]) == 2


def test_a_tag_is_resolved_once_per_deployment() -> None:
    built = Builder()
    first, second = (push(built, layer) for layer in ("1", "2"))
    assert first != second
    built.call("ecr", "BatchDeleteImage", repositoryName="credit", imageIds=[{"imageTag": "1.0"}])
    push(built, "1")
    built.define(containerDefinitions=container(image=OURS))
    built.serve(balanced=False)
    built.steady()
    push(built, "2")
    built.call("ecs", "StopTask", cluster="c", task=built.tasks()[0]["taskArn"])
    built.steady()
    assert digests(built) == {first}
    built.call("ecs", "UpdateService", cluster="c", service="s", forceNewDeployment=True)
    built.steady()
    assert digests(built) == {second}


def push(built: Builder, layer: str) -> str:
    """An image under tag 1.0 in ECR; returns its digest."""
    configuration = {
        "mediaType": "application/vnd.oci.image.config.v1+json",
        "digest": f"sha256:{layer * 64}",
        "size": 2,
    }
    try:
        built.call("ecr", "CreateRepository", repositoryName="credit")
    except AwsError as error:
        assert error.code == "RepositoryAlreadyExistsException"  # noqa: PT017
    built.call(
        "ecr", "CompleteLayerUpload", repositoryName="credit", registryId="123456789012", uploadId="",
        layerDigests=[configuration["digest"]], dockyardSize=2,
    )  # fmt: skip
    manifest = {
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "config": configuration,
        "layers": [],
    }  # fmt: skip
    image = built.call(
        "ecr", "PutImage", repositoryName="credit", imageManifest=json.dumps(manifest), imageTag="1.0",
        dockyardArchitecture="amd64",
    )["image"]  # fmt: skip
    return str(image["imageId"]["imageDigest"])


def digests(built: Builder) -> set[str]:
    return {one["containers"][0]["imageDigest"] for one in built.tasks() if one["lastStatus"] == "RUNNING"}


def test_a_service_above_zero_is_deleted_by_force_only_and_stays_describable() -> None:
    built = Builder()
    built.define()
    built.serve()
    built.steady()
    with pytest.raises(AwsError, match="The service cannot be stopped while it is scaled above 0"):
        built.call("ecs", "DeleteService", cluster="c", service="s")
    built.call("ecs", "DeleteService", cluster="c", service="s", force=True)
    assert built.service()["status"] == "DRAINING"
    assert built.steady()["status"] == "INACTIVE"


def test_why_walks_back_from_the_scaled_service_to_the_load() -> None:
    built = Builder()
    built.define()
    built.serve()
    built.steady()
    built.call("ecs", "StopTask", cluster="c", task=built.tasks()[0]["taskArn"])
    causes = built.cloud.account.causes
    number = max(number for number, one in causes.kept.items() if "is stopped" in one.what)
    assert [one.what for one in causes.chain(number)][-1] == "StopTask was called"


def test_a_full_subnet_gives_an_event_and_no_task_and_time_goes_on() -> None:
    built = Builder()
    for name in ("subnet-a", "subnet-b"):
        built.land.subnets[name] = replace(built.land.subnets[name], cidr="10.0.9.0/29")
    built.define()
    built.serve(balanced=False, desiredCount=9)
    built.cloud.advance(600)
    assert len(built.tasks()) == 6  # AWS keeps five of the eight addresses of each subnet
    assert "does not have enough free addresses" in built.events()
    answer = built.call(
        "ecs", "RunTask", cluster="c", taskDefinition="app", launchType="FARGATE", networkConfiguration=NETWORK, count=2
    )
    assert [one["reason"] for one in answer["failures"]] == ["RESOURCE:ENI"] * 2


def test_a_service_takes_5000_tasks_and_no_more() -> None:
    built = Builder()
    built.define()
    built.serve(balanced=False)
    with pytest.raises(AwsError, match="above the quota of 5000 tasks"):
        built.call("ecs", "UpdateService", cluster="c", service="s", desiredCount=5001)
