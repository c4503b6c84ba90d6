"""Step 7: did customers ask while a task was stopped by hand, and would they notice if any other were?"""

import re

from dockyard.grading import check, expect
from dockyard.grading.experiments import balancer_of, failed_requests, healthy_targets, until
from dockyard.grading.serving import latest_event, met, service_behind_a_balancer, steady, tasks_of

TASKS = 2
HEALS_WITHIN = 15 * 60
#: The lab's own cells stop tasks, too, and say so.
NOT_YOURS = "it is 03:12"


@check
def a_task_was_stopped(world, values):
    """You stopped a task of the service by hand."""
    service = service_behind_a_balancer(world, values, TASKS)
    expect(
        stops(world, service),
        "No task of the service was stopped by hand: only what ECS and this lab's own cells stopped is on record.",
        cloud="no StopTask of yours",
        next="ecs.stop_task(cluster=…, task=…) takes one of tasks(). Changing desiredCount is no stop: ECS plans it.",
    )


@check(after=a_task_was_stopped)
def customers_noticed_nothing(world, values):
    """Customers asked meanwhile, and the balancer counted no failed request."""
    service = service_behind_a_balancer(world, values, TASKS)
    sent, failed = met(world, balancer_of(world, service), stops(world, service))
    expect(
        sent > 0 or failed > 0,
        "A task was stopped, and nobody asked meanwhile: whether anybody would notice stays open.",
        cloud="RequestCount 0 in the five minutes after",
        next="Let the customers ask while it is stopped: bank.ask(…) before and after.",
    )
    expect(
        failed == 0,
        f"A task was stopped while customers asked: {failed:.0f} requests failed.",
        cloud=f"RequestCount {sent:.0f}, HTTPCode_ELB_5XX_Count {failed:.0f} in the five minutes after a stop",
        next="Somebody else must be there to answer: two healthy tasks, and one of them is stopped, not both.",
    )


@check(after=customers_noticed_nothing)
def whoever_is_stopped_is_replaced(world, values):
    """Each task in its turn is stopped in a copy, under load: it is replaced, and no request fails."""
    service = service_behind_a_balancer(world, values, TASKS)
    fork = world.fork("one after the other")
    steady(fork, service, TASKS)
    balancer, start = balancer_of(fork, service), fork.now()
    fork.traffic(balancer["LoadBalancerName"], 5.0, 20.0, 2 * HEALS_WITHIN)
    for task in tasks_of(fork, service)[:TASKS]:
        fork.client("ecs").stop_task(cluster=service["clusterArn"], task=task, reason="stopped by the check")
        expect(
            until(fork, lambda gone=task: whole_again(fork, service, gone), HEALS_WITHIN),
            "A task was stopped; 15 minutes later there were not two healthy ones again.",
            cloud=latest_event(fork, service),
            next="Read the service's events: they say why no new task came.",
        )
    fork.advance(60)
    sent, failed = failed_requests(fork, balancer, start)
    expect(
        sent > 0 and failed == 0,
        f"Two tasks were stopped, one after the other: {failed:.0f} of {sent:.0f} requests failed.",
        cloud=latest_event(fork, service),
        next="Ask for two tasks: while one is replaced the other answers.",
    )


def stops(world, service):
    """The moments at which the learner stopped a task of the service, latest first."""
    started = f"(service {service['serviceName']}) has started"
    own = {task for _, told in world.happened(started) for task in re.findall(r"\(task (\w+)\)", told)}
    calls = {at for at, _ in world.happened("StopTask was called")}
    return [
        at
        for at, told in world.happened(" is stopped: ")
        if at in calls and told.split()[1] in own and not told.endswith(NOT_YOURS)
    ]


def whole_again(fork, service, gone):
    """Whether two healthy tasks run, without the one that is gone."""
    now = tasks_of(fork, service)
    return gone not in now and len(now) >= TASKS and len(healthy_targets(fork, service)) >= TASKS
