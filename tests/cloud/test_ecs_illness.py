"""A task that fails its health checks: another starts first where there is room, and it is stopped afterwards.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html
"""

from __future__ import annotations

import pytest
from cloud.builder import REGION, Builder

from dockyard.cloud.ecs.service import Ecs
from dockyard.cloud.elbv2.service import ElasticLoadBalancing

ROOM, NO_ROOM = 200, 100


def served(most: int, desired: int = 2) -> Builder:
    """A steady service that may run so many percent of what is desired."""
    built = Builder()
    built.define()
    built.serve(desiredCount=desired, deploymentConfiguration={"minimumHealthyPercent": 50, "maximumPercent": most})
    built.steady()
    return built


def answers(built: Builder, address: str, status: int) -> None:
    """What a task answers its health check from now on."""
    ecs = built.cloud.service(Ecs, REGION)
    endpoint = ecs.network.endpoints[address]
    endpoint.answers["/health"] = status
    built.cloud.service(ElasticLoadBalancing, REGION).look_again(address)
    built.cloud.woken(REGION)


def addresses(built: Builder) -> list[str]:
    """Those of the tasks that are meant to run, oldest first."""
    tasks = built.cloud.service(Ecs, REGION).ecs.tasks.values()
    return [one.address for one in sorted(tasks, key=lambda one: one.created_at) if one.alive]


def counts(built: Builder, seconds: int) -> list[int]:
    """How many tasks there are in these seconds, each number once as long as it stays."""
    seen = [len(addresses(built))]
    for _ in range(seconds // 5):
        built.cloud.advance(5)
        if (now := len(addresses(built))) != seen[-1]:
            seen.append(now)
    return seen


@pytest.mark.parametrize(("most", "seen"), [(ROOM, [2, 3, 2]), (NO_ROOM, [2])])
def test_another_starts_first_where_there_is_room(most: int, seen: list[int]) -> None:
    built = served(most)
    ill = addresses(built)[0]
    answers(built, ill, 500)
    assert counts(built, 300) == seen
    assert ill not in addresses(built)
    assert built.events().count("is unhealthy in") == 1
    (stopped,) = [one["stoppedReason"] for one in built.tasks("STOPPED")]
    assert stopped == f"Task failed ELB health checks in (target-group {built.target_group})"
    assert built.service()["runningCount"] == 2


def test_without_room_ill_tasks_are_replaced_one_after_the_other() -> None:
    built = served(NO_ROOM, 3)
    before = addresses(built)
    for one in before[:2]:
        answers(built, one, 500)
    remaining = []
    for _ in range(80):
        built.cloud.advance(5)
        remaining.append(len(set(before) & set(addresses(built))))
    assert list(dict.fromkeys(remaining)) == [3, 2, 1]
    assert built.steady()["runningCount"] == 3


def test_one_that_gets_well_again_may_stay_and_fall_ill_again() -> None:
    built = served(ROOM)
    ill = addresses(built)[0]
    answers(built, ill, 500)
    built.cloud.advance(62)
    assert len(addresses(built)) == 3
    answers(built, ill, 200)
    built.cloud.advance(600)
    assert len(addresses(built)) == 2
    assert built.events().count("is unhealthy in") == 1
    answers(built, addresses(built)[0], 500)
    built.cloud.advance(600)
    assert built.events().count("is unhealthy in") == 2


def test_replacements_that_are_ill_too_never_outgrow_the_most() -> None:
    built = served(ROOM)
    built.land.groups["sg-task"] = built.land.groups["sg-shut"]
    for one in addresses(built):
        built.cloud.service(ElasticLoadBalancing, REGION).look_again(one)
    built.cloud.woken(REGION)
    seen = counts(built, 900)
    assert max(seen) == 4
    assert min(seen) == 2
    assert built.events().count("is unhealthy in") > 4
