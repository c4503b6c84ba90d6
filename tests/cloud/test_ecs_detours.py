"""ECS beside the straight way: capacity providers, tags, deregistered revisions, settings, what is not simulated."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from cloud.builder import CONTAINER, NETWORK, REGION, START, Builder

from dockyard.errors import AwsError

MIXED = [{"capacityProvider": "FARGATE", "base": 1, "weight": 1}, {"capacityProvider": "FARGATE_SPOT", "weight": 3}]
BOTH = ["FARGATE", "FARGATE_SPOT"]


def cluster(**more: Any) -> Builder:
    """A cloud with a definition and the cluster `c`."""
    built = Builder()
    built.define()
    built.call("ecs", "CreateCluster", clusterName="c", **more)
    return built


def run(built: Builder, **more: Any) -> list[dict[str, Any]]:
    request = {"cluster": "c", "taskDefinition": "app", "networkConfiguration": NETWORK, **more}
    found: list[dict[str, Any]] = built.call("ecs", "RunTask", **request)["tasks"]
    return found


def update(built: Builder, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = built.call("ecs", "UpdateService", cluster="c", service="s", **more)["service"]
    return found


def test_a_strategy_spreads_tasks_by_base_and_weight() -> None:
    built = cluster(capacityProviders=BOTH)
    built.serve(balanced=False, launchType=None, capacityProviderStrategy=MIXED, desiredCount=9)
    built.steady()
    assert Counter(one["capacityProviderName"] for one in built.tasks()) == {"FARGATE": 3, "FARGATE_SPOT": 6}
    assert {one["launchType"] for one in built.tasks()} == {"FARGATE"}


def test_the_clusters_default_strategy_is_used_where_nothing_is_said() -> None:
    built = cluster(capacityProviders=BOTH, defaultCapacityProviderStrategy=[{"capacityProvider": "FARGATE_SPOT"}])
    assert run(built)[0]["capacityProviderName"] == "FARGATE_SPOT"


def test_a_strategy_names_providers_that_exist_and_that_the_cluster_has() -> None:
    built = cluster(capacityProviders=["FARGATE"])
    with pytest.raises(AwsError, match="not associated with the cluster"):
        run(built, capacityProviderStrategy=MIXED)
    with pytest.raises(AwsError, match="The specified capacity provider 'x' was not found"):
        run(built, capacityProviderStrategy=[{"capacityProvider": "x"}])
    with pytest.raises(AwsError, match="Specifying both a launch type and capacity provider strategy"):
        run(built, launchType="FARGATE", capacityProviderStrategy=[{"capacityProvider": "FARGATE"}])


def test_a_service_changes_from_a_launch_type_to_a_strategy() -> None:
    built = cluster(capacityProviders=BOTH)
    built.serve(balanced=False)
    update(built, capacityProviderStrategy=[{"capacityProvider": "FARGATE_SPOT", "weight": 1}], forceNewDeployment=True)
    built.steady()
    assert {one["capacityProviderName"] for one in built.tasks()} == {"FARGATE_SPOT"}


def test_a_service_of_a_deregistered_revision_is_scaled_but_not_deployed() -> None:
    built = cluster()
    built.serve(balanced=False)
    built.call("ecs", "DeregisterTaskDefinition", taskDefinition="app:1")
    assert update(built, desiredCount=3)["desiredCount"] == 3
    assert built.steady()["runningCount"] == 3
    with pytest.raises(AwsError, match="TaskDefinition is inactive"):
        update(built, forceNewDeployment=True)


def test_a_service_whose_balancer_is_gone_can_still_be_scaled_to_nothing() -> None:
    built = cluster()
    built.serve()
    built.steady()
    balancer = built.look("elbv2", "DescribeLoadBalancers")["LoadBalancers"][0]["LoadBalancerArn"]
    built.call("elbv2", "DeleteLoadBalancer", LoadBalancerArn=balancer)
    assert update(built, desiredCount=0)["desiredCount"] == 0
    assert built.steady()["runningCount"] == 0


def test_a_service_that_gets_a_balancer_keeps_its_tasks_until_the_new_ones_are_healthy() -> None:
    built = cluster()
    built.serve(balanced=False)
    built.steady()
    group = built.balance()
    update(built, loadBalancers=[{"targetGroupArn": group, "containerName": "web", "containerPort": 8080}])
    counts = set()
    for _ in range(40):
        built.cloud.advance(5)
        counts.add(built.service()["runningCount"])
    assert min(counts) == 2
    assert built.steady()["deployments"][0]["rolloutState"] == "COMPLETED"


def test_a_definition_that_does_not_ask_for_fargate_runs_there_when_it_fits() -> None:
    built = cluster()
    built.define(requiresCompatibilities=None)
    assert run(built, launchType="FARGATE")[0]["launchType"] == "FARGATE"
    built.define(requiresCompatibilities=None, cpu=None, containerDefinitions=[{**CONTAINER, "memory": 128}])
    with pytest.raises(AwsError, match="Task definition does not support launch_type FARGATE"):
        run(built, launchType="FARGATE")


def test_tags_propagate_to_tasks_and_are_shown_when_asked_for() -> None:
    built = cluster()
    tags = [{"key": "team", "value": "credit"}]
    built.serve(balanced=False, tags=tags, propagateTags="SERVICE", enableECSManagedTags=True)
    assert built.steady()["tags"] == []
    asked = built.look("ecs", "DescribeServices", cluster="c", services=["s"], include=["TAGS"])["services"][0]
    assert asked["tags"] == tags
    task = built.tasks()[0]["taskArn"]
    (shown,) = built.look("ecs", "DescribeTasks", cluster="c", tasks=[task], include=["TAGS"])["tasks"]
    assert {one["key"]: one["value"] for one in shown["tags"]} == {
        "team": "credit", "aws:ecs:clusterName": "c", "aws:ecs:serviceName": "s",
    }  # fmt: skip


REFUSED = [
    ({"healthCheckGracePeriodSeconds": 60}, "only valid for services configured to use load balancers"),
    ({"launchType": "EC2", "networkConfiguration": {}}, "Network Configuration must be provided"),
    ({"desiredCount": -1}, "desiredCount cannot be negative."),
    ({"schedulingStrategy": "DAEMON"}, "Dockyard does not simulate schedulingStrategy"),
    ({"deploymentController": {"type": "CODE_DEPLOY"}}, "Dockyard does not simulate deploymentController"),
    ({"deploymentConfiguration": {"strategy": "BLUE_GREEN"}}, "the deployment strategy BLUE_GREEN"),
]


@pytest.mark.parametrize(("changes", "sentence"), REFUSED, ids=[one[1][:30] for one in REFUSED])
def test_a_service_is_never_made_into_something_else_than_was_asked_for(changes: dict[str, Any], sentence: str) -> None:
    built = cluster()
    with pytest.raises(AwsError, match=sentence) as refusal:
        built.serve(balanced=False, **changes)
    assert refusal.value.code == "InvalidParameterException"


def test_a_command_is_executed_in_no_task_but_refused_as_aws_does() -> None:
    built = cluster()
    built.serve(balanced=False)
    built.steady()
    request = {"cluster": "c", "task": built.tasks()[0]["taskArn"], "command": "sh", "interactive": True}
    with pytest.raises(AwsError, match="execute command was not enabled when the task was run"):
        built.call("ecs", "ExecuteCommand", **request)


def test_only_inactive_revisions_are_deleted() -> None:
    built = cluster()
    built.define()
    built.call("ecs", "DeregisterTaskDefinition", taskDefinition="app:1")
    answer = built.call("ecs", "DeleteTaskDefinitions", taskDefinitions=["app:1", "app:2", "app:9"])
    assert [one["status"] for one in answer["taskDefinitions"]] == ["DELETE_IN_PROGRESS"]
    assert [one["arn"].rsplit("/", 1)[-1] for one in answer["failures"]] == ["app:2", "app:9"]
    with pytest.raises(AwsError, match="Unable to describe task definition"):
        built.call("ecs", "DescribeTaskDefinition", taskDefinition="app:9")


def test_container_insights_tell_more_once_a_cluster_has_them_on() -> None:
    built = cluster()
    built.serve(balanced=False)
    built.steady()
    asked = {"Namespace": "ECS/ContainerInsights", "MetricName": "RunningTaskCount"}
    assert built.look("cloudwatch", "ListMetrics", **asked)["Metrics"] == []
    on = [{"name": "containerInsights", "value": "enabled"}]
    built.call("ecs", "UpdateClusterSettings", cluster="c", settings=on)
    built.cloud.advance(120)
    assert len(built.look("cloudwatch", "ListMetrics", **asked)["Metrics"]) == 1
    window = {"StartTime": START, "EndTime": START + 600, "Period": 600, "Statistics": ["Maximum"]}
    service = [{"Name": "ClusterName", "Value": "c"}, {"Name": "ServiceName", "Value": "s"}]
    (point,) = built.look("cloudwatch", "GetMetricStatistics", **asked, **window, Dimensions=service)["Datapoints"]
    assert point["Maximum"] == 2


def test_an_accounts_setting_is_what_new_clusters_start_from() -> None:
    built = Builder()
    built.call("ecs", "PutAccountSetting", name="containerInsights", value="enhanced")
    assert [one["value"] for one in built.call("ecs", "ListAccountSettings")["settings"]] == ["enhanced"]
    made = built.call("ecs", "CreateCluster", clusterName="c")["cluster"]
    assert made["settings"] == [{"name": "containerInsights", "value": "enhanced"}]


def test_an_image_for_both_architectures_runs_on_either() -> None:
    built = cluster()
    built.call("ecr", "CreateRepository", repositoryName="credit")
    configuration = f"sha256:{'1' * 64}"
    built.call(
        "ecr", "CompleteLayerUpload", repositoryName="credit", uploadId="", layerDigests=[configuration], dockyardSize=2
    )
    image = {"schemaVersion": 2, "config": {"digest": configuration, "size": 2}, "layers": []}
    members = [
        put(built, json.dumps({**image, "annotations": {"for": one}}), one, dockyardArchitecture=one)
        for one in ("amd64", "arm64")
    ]
    index = {"schemaVersion": 2, "manifests": [{"digest": one, "size": 2} for one in members]}
    put(built, json.dumps(index), "both")
    for architecture in ("X86_64", "ARM64"):
        where = {"cpuArchitecture": architecture, "operatingSystemFamily": "LINUX"}
        container = {**CONTAINER, "image": f"123456789012.dkr.ecr.{REGION}.amazonaws.com/credit:both"}
        built.define(containerDefinitions=[container], runtimePlatform=where)
        arn = run(built, launchType="FARGATE")[0]["taskArn"]
        (task,) = built.call("ecs", "DescribeTasks", cluster="c", tasks=[arn])["tasks"]
        assert task["lastStatus"] == "RUNNING"


def put(built: Builder, manifest: str, tag: str, **more: str) -> str:
    """Put an image under a tag; returns its digest."""
    request = {"repositoryName": "credit", "imageManifest": manifest, "imageTag": tag, **more}
    return str(built.call("ecr", "PutImage", **request)["image"]["imageId"]["imageDigest"])
