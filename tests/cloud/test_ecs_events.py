"""What a service's events and deployments tell: who came and went, which trouble is told once, when failures count."""

from __future__ import annotations

from itertools import pairwise

from cloud.builder import CONTAINER, Builder

ABSENT = [{**CONTAINER, "image": "127.0.0.1:4566/123456789012/credit:1.0"}]


def told(built: Builder, part: str) -> list[str]:
    """The events with these words, newest first."""
    return [one for one in built.events().split("\n") if part in one]


def scale(built: Builder, count: int) -> None:
    built.call("ecs", "UpdateService", cluster="c", service="s", desiredCount=count)
    built.steady()


def test_targets_and_tasks_that_come_and_go_together_share_one_event() -> None:
    built = Builder()
    built.define()
    built.serve()
    built.steady()
    before = {one["taskArn"].rsplit("/", 1)[-1] for one in built.tasks()}
    scale(built, 0)
    group = f"targets in (target-group {built.target_group})"
    assert told(built, "registered") == [f"(service s) deregistered 2 {group}", f"(service s) registered 2 {group}"]
    (stopped,) = told(built, "has stopped")
    assert stopped.startswith("(service s) has stopped 2 running tasks: (task ")
    assert all(f"(task {one})" in stopped for one in before)


def test_a_task_that_fails_its_health_checks_is_told_as_stopped() -> None:
    built = Builder()
    built.define()
    built.land.groups["sg-task"] = built.land.groups["sg-shut"]
    built.serve(desiredCount=1)
    built.cloud.advance(400)
    ill = [one.split(") ")[1] for one in told(built, "is unhealthy in")]
    assert told(built, "has stopped")[-1] == f"(service s) has stopped 1 running tasks: {ill[-1]})."


def test_the_same_trouble_is_told_once_until_another_deployment() -> None:
    built = Builder()
    built.define(containerDefinitions=ABSENT)
    built.serve(balanced=False)
    built.cloud.advance(3600)
    assert len(told(built, "has started")) > 3
    assert len(told(built, "was unable to place a task. Reason: CannotPullContainerError: ")) == 1
    assert len(told(built, "is unable to consistently start tasks successfully.")) == 1
    built.call("ecs", "UpdateService", cluster="c", service="s", forceNewDeployment=True)
    built.cloud.advance(120)
    assert len(told(built, "was unable to place a task. Reason: CannotPullContainerError: ")) == 2


def tries(built: Builder) -> list[float]:
    """When the service started tasks, oldest first."""
    return sorted(one["createdAt"] for one in built.service()["events"] if "has started" in one["message"])


def test_the_wait_between_tries_doubles_with_each_try_however_many_tasks_fail_in_it() -> None:
    built = Builder()
    built.define(containerDefinitions=ABSENT)
    built.serve(balanced=False, desiredCount=10)
    built.cloud.advance(4 * 3600)
    moments = tries(built)
    waits = [round(late - early) for early, late in pairwise(moments)]
    assert waits[:4] == [48, 68, 108, 188]
    assert max(waits) == 27 * 60 + 28


def test_without_a_completed_deployment_the_circuit_breaker_stalls() -> None:
    built = Builder()
    built.define(containerDefinitions=ABSENT)
    breaker = {"enable": True, "rollback": True}
    built.serve(balanced=False, deploymentConfiguration={"deploymentCircuitBreaker": breaker})
    built.cloud.advance(7200)
    (stalled,) = built.service()["deployments"]
    assert (stalled["status"], stalled["rolloutState"], stalled["failedTasks"]) == ("PRIMARY", "FAILED", 4)
    assert stalled["rolloutStateReason"] == "ECS deployment circuit breaker: tasks failed to start."


def test_a_rollback_that_fails_too_is_not_rolled_back() -> None:
    built = Builder()
    built.define()
    breaker = {"enable": True, "rollback": True}
    built.serve(balanced=False, deploymentConfiguration={"deploymentCircuitBreaker": breaker})
    built.steady()
    for subnet in ("subnet-a", "subnet-b"):
        before = built.land.subnets[subnet]
        built.land.subnets[subnet] = type(before)(subnet, before.vpc, before.zone, before.cidr, "")
    built.call("ecs", "UpdateService", cluster="c", service="s", forceNewDeployment=True)
    for _ in range(20):
        for task in built.tasks():
            if task["lastStatus"] == "RUNNING":
                built.call("ecs", "StopTask", cluster="c", task=task["taskArn"])
        built.cloud.advance(600)
    assert len(told(built, "rolling back to deployment")) == 1
    assert built.service()["deployments"][0]["rolloutState"] == "FAILED"


def half_broken(**breaker: object) -> str:
    """The roll-out's state after 90 s where the task in subnet-b failed twice and the other became healthy between."""
    built = Builder()
    built.define()
    before = built.land.subnets["subnet-b"]
    built.land.subnets["subnet-b"] = type(before)(before.id, before.vpc, before.zone, before.cidr, "")
    twice = {"enable": True, "rollback": False, "thresholdConfiguration": {"type": "COUNT", "value": 2}, **breaker}
    built.serve(balanced=False, deploymentConfiguration={"deploymentCircuitBreaker": twice})
    built.cloud.advance(90)
    assert built.service()["deployments"][0]["failedTasks"] == 2
    return str(built.service()["deployments"][0]["rolloutState"])


def test_a_healthy_task_sets_the_circuit_breakers_count_back_unless_told_otherwise() -> None:
    assert half_broken() == "IN_PROGRESS"
    assert half_broken(resetOnHealthyTask=False) == "FAILED"


def test_a_rollback_is_told_in_order_and_the_old_deployment_keeps_its_tasks_meanwhile() -> None:
    built = Builder()
    built.define()
    breaker = {"enable": True, "rollback": True}
    built.serve(balanced=False, deploymentConfiguration={"deploymentCircuitBreaker": breaker})
    (before,) = built.steady()["deployments"]
    built.define(containerDefinitions=ABSENT)
    built.call("ecs", "UpdateService", cluster="c", service="s", taskDefinition="app:2")
    built.cloud.advance(100)
    old = built.service()["deployments"][-1]
    assert (old["id"], old["status"], old["desiredCount"]) == (before["id"], "ACTIVE", 2)
    assert len(told(built, "was unable to place a task")) == 1
    assert told(built, "deployment")[:2] == [
        f"(service s) rolling back to deployment {before['id']}.",
        f"(service s) (deployment {failed(built)}) deployment failed: tasks failed to start.",
    ]


def failed(built: Builder) -> str:
    """The deployment of the tasks that never started."""
    return next(str(one["startedBy"]) for one in built.tasks("STOPPED") if one["taskDefinitionArn"].endswith("app:2"))
