"""Step 9: how many tasks are there while a release rolls? They are counted every few seconds in a rolled fork."""

from dockyard.grading import check, expect
from dockyard.grading.counting import watched
from dockyard.grading.finding import latest_refusal
from dockyard.grading.serving import release, service_behind_a_balancer, steady

LEAST, MOST, WANTED = 2, 3, 2
USUAL = (100, 200)  # what ECS takes by itself
WATCHED_FOR, LOOK = 10 * 60, 5


@check
def a_release_gets_through(world, values):
    """A release gets through: ten minutes later two new tasks serve."""
    _, _, rolled, line = extremes(world, values)
    expect(
        rolled,
        "A release was rolled out; ten minutes later two new tasks did not yet serve.",
        cloud=line,
        next=what_is_stuck(service_behind_a_balancer(world, values, 2)),
    )


@check(after=a_release_gets_through)
def never_more_than_three(world, values):
    """While a release is rolled out, there are never more than three tasks at work."""
    _, most, _, line = extremes(world, values)
    wanted = service_behind_a_balancer(world, values, 2)["desiredCount"]
    expect(
        most <= MOST,
        f"While a release was rolled out, there were up to {most} tasks at work at once.",
        cloud=line if wanted == WANTED else f"desiredCount {wanted}, {line}",
        next="maximumPercent is a part of desiredCount, rounded down: how many percent of 2 are 3?"
        if wanted == WANTED
        else f"The bank wants two tasks, and you ask for {wanted}: ecs.update_service(**here, desiredCount=2).",
    )


@check(after=a_release_gets_through)
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


def what_is_stuck(service):
    """What the two percentages come to in tasks, where they leave no room; else where to read on."""
    wanted, told = service["desiredCount"], service["deploymentConfiguration"]
    lower, upper = told["minimumHealthyPercent"], told["maximumPercent"]
    at_least, at_most = -(-wanted * lower // 100), wanted * upper // 100
    if at_most < 1:
        return (
            f"Both are percent of desiredCount, not numbers of tasks: {upper} percent of {wanted} is {at_most}, so "
            "nothing may start."
        )
    if at_least >= at_most:
        return (
            f"{upper} percent of {wanted} is {at_most} at most, {lower} percent is {at_least} at least: no task may "
            "start, and none may stop. One of the two percentages must give way."
        )
    return "There is room for it: read the service's events in a release of your own. They say why no new task serves."


def is_over(count):
    """Whether the new tasks serve and the old ones are gone."""
    return count.newest >= LEAST and count.alive == count.newest
