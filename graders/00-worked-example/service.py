"""Step 4: is it a service? In forks, requests are sent, a task is stopped and a bad release is rolled out."""

from dockyard.grading import check, expect
from dockyard.grading.experiments import balancer_of, failed_requests, healthy_targets, until
from dockyard.grading.serving import (
    health_line,
    latest_event,
    release_tag,
    service_behind_a_balancer,
    steady,
    tasks_of,
)

TASKS = 2
HEALS_WITHIN = 15 * 60
ROLL_OUT_LASTS = 15 * 60
REQUESTS_PER_SECOND, CPU_MS = 20.0, 20.0
NO_SUCH_TAG = "this-release-was-never-pushed"


@check
def two_tasks_are_healthy(world, values):
    """Two tasks run behind a load balancer, and both are healthy."""
    steady(world.fork("two healthy"), the_service(world, values), TASKS)


@check(after=two_tasks_are_healthy)
def requests_are_answered(world, values):
    """Requests from the internet that arrive at the load balancer are answered."""
    service = the_service(world, values)
    fork = world.fork("requests")
    steady(fork, service, TASKS)
    balancer = balancer_of(fork, service)
    start = fork.now()
    fork.traffic(balancer["LoadBalancerName"], REQUESTS_PER_SECOND, CPU_MS, 600)
    fork.advance(300)
    sent, failed = failed_requests(fork, balancer, start)
    expect(
        sent > 0 and failed == 0,
        f"{REQUESTS_PER_SECOND:.0f} requests a second for 5 minutes: {sent:.0f} arrived, {failed:.0f} failed.",
        cloud=health_line(fork, service),
        next="Follow a request: the balancer's security group, its listener, the target group, the task's group.",
    )


@check(after=two_tasks_are_healthy)
def a_stopped_task_is_replaced(world, values):
    """A task that dies is replaced, and two are healthy again."""
    service = the_service(world, values)
    fork = world.fork("stop a task")
    steady(fork, service, TASKS)
    before = tasks_of(fork, service)
    fork.client("ecs").stop_task(cluster=service["clusterArn"], task=before[0], reason="stopped by the check")

    def healed():
        now = tasks_of(fork, service)
        return before[0] not in now and len(now) >= TASKS and len(healthy_targets(fork, service)) >= TASKS

    expect(
        until(fork, healed, HEALS_WITHIN),
        "One task was stopped; 15 minutes later there were not two healthy ones again.",
        cloud=latest_event(fork, service),
        next="Read the service's events: they say why no new task came.",
    )


@check(after=requests_are_answered)
def a_bad_release_leaves_the_good_one_serving(world, values):
    """While a release whose image does not exist is rolled out, the good one answers every request."""
    service = the_service(world, values)
    fork = world.fork("bad release")
    steady(fork, service, TASKS)
    balancer = balancer_of(fork, service)
    start = fork.now()
    fork.traffic(balancer["LoadBalancerName"], REQUESTS_PER_SECOND, CPU_MS, ROLL_OUT_LASTS + 600)
    fork.advance(60)
    release_tag(fork, service, NO_SUCH_TAG)
    fork.advance(ROLL_OUT_LASTS)
    sent, failed = failed_requests(fork, balancer, start)
    expect(
        sent > 0 and failed == 0,
        f"A release with a missing image was rolled out: {failed:.0f} of {sent:.0f} requests failed.",
        cloud=latest_event(fork, service),
        next="Leave minimumHealthyPercent at 100: then ECS stops a good task only once a new one is healthy.",
    )


def the_service(world, values):
    """The learner's service; refuses one that asks for fewer than two tasks."""
    return service_behind_a_balancer(world, values, TASKS)
