"""Step 9: how many tasks are there while a release rolls? They are counted every few seconds in a rolled fork."""

from dockyard.grading import check, expect
from dockyard.grading.counting import watched
from dockyard.grading.finding import latest_refusal
from dockyard.grading.serving import release, service_behind_a_balancer, steady

LEAST, MOST = 2, 3
USUAL = (100, 200)  # what ECS takes by itself
WATCHED_FOR, LOOK = 10 * 60, 5


@check
def never_more_than_three(world, values):
    """While a release is rolled out, there are never more than three tasks at work."""
    _, most, rolled, line = extremes(world, values)
    expect(
        most <= MOST,
        f"While a release was rolled out, there were up to {most} tasks at work at once.",
        cloud=line,
        next="maximumPercent is a part of desiredCount, rounded down: how many percent of 2 are 3?",
    )
    expect(
        rolled,
        "A release was rolled out; ten minutes later no new task served.",
        cloud=line,
        next="With no room above two and none below, nothing can move: one of the two percentages must give way.",
    )


@check
def never_fewer_than_two(world, values):
    """While a release is rolled out, there are never fewer than two healthy tasks."""
    least, _, _, line = extremes(world, values)
    expect(
        least >= LEAST,
        f"While a release was rolled out, there {'was' if least == 1 else 'were'} once only {least} healthy.",
        cloud=line,
        next="minimumHealthyPercent is a part of desiredCount, rounded up: two of two are 100 percent.",
    )


def extremes(world, values):
    """Fewest healthy, most alive, whether new tasks serve, and the cloud's line about the settings."""
    service = service_behind_a_balancer(world, values, 2)
    told = service["deploymentConfiguration"]
    bounds = told["minimumHealthyPercent"], told["maximumPercent"]
    refused = latest_refusal(world, ("ecs", "UpdateService")) if bounds == USUAL else ""  # others came through since
    line = refused or "minimumHealthyPercent {}, maximumPercent {}".format(*bounds)
    fork = world.fork("count while rolling")
    steady(fork, service, 2)
    release(fork, service, environment=[{"name": "RELEASE", "value": "counted"}])
    seen = watched(fork, service, WATCHED_FOR, LOOK, over=is_over)
    return min(one.healthy for one in seen), max(one.alive for one in seen), seen[-1].newest >= LEAST, line


def is_over(count):
    """Whether the new tasks serve and the old ones are gone."""
    return count.newest >= LEAST and count.alive == count.newest
