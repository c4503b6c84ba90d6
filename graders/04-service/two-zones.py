"""Step 5: does the service outlive the stop of a task, and of all tasks of a zone? It is tried in forks, under load."""

from dockyard.grading import check, expect
from dockyard.grading.experiments import balancer_of, failed_requests, healthy_targets, until
from dockyard.grading.serving import latest_event, service_behind_a_balancer, steady, tasks_of

TASKS = 2
HEALS_WITHIN = 15 * 60
CURE = "Two tasks in two zones: desiredCount=2, and subnets of two zones in networkConfiguration."


@check
def two_tasks_are_healthy(world, values):
    """Two tasks, or more, run behind the load balancer and are healthy."""
    steady(world.fork("two healthy"), service_behind_a_balancer(world, values, TASKS), TASKS)


@check(after=two_tasks_are_healthy)
def a_stopped_task_is_replaced(world, values):
    """A task that is stopped is replaced, and meanwhile no request fails."""
    service = service_behind_a_balancer(world, values, TASKS)
    fork, balancer, start = under_load(world, service, "a task is stopped")
    victim = tasks_of(fork, service)[0]
    lose(fork, service, [victim])
    healed = until(fork, lambda: whole_again(fork, service, [victim]), HEALS_WITHIN)
    expect(
        healed,
        "One task was stopped; 15 minutes later there were not two healthy ones again.",
        cloud=latest_event(fork, service),
        next="Read the service's events: they say why no new task came.",
    )
    answered(fork, balancer, start, "One task was stopped", latest_event(fork, service))


@check(after=two_tasks_are_healthy)
def a_zone_can_be_lost(world, values):
    """When all tasks of one zone are stopped, the other answers every request."""
    service = service_behind_a_balancer(world, values, TASKS)
    fork, balancer, start = under_load(world, service, "a zone's tasks are stopped")
    zones = by_zone(fork, service)
    zone = max(zones, key=lambda one: (len(zones[one]), one))
    lose(fork, service, zones[zone])
    fork.advance(120)
    told = "; ".join(f"{one}: {len(tasks)} tasks" for one, tasks in sorted(zones.items()))
    answered(fork, balancer, start, f"All tasks of the zone {zone} were stopped", told, spread(fork, service, zones))


def under_load(world, service, name):
    """A fork whose service is at rest and asked five times a second: (fork, balancer, start)."""
    fork = world.fork(name)
    steady(fork, service, TASKS)
    balancer = balancer_of(fork, service)
    start = fork.now()
    fork.traffic(balancer["LoadBalancerName"], 5.0, 20.0, 1800)
    fork.advance(60)
    return fork, balancer, start


def lose(fork, service, tasks):
    """Stop tasks, all at once: by StopTask, more gently than a failing machine would."""
    for task in tasks:
        fork.client("ecs").stop_task(cluster=service["clusterArn"], task=task, reason="lost in a fork, by the check")


def whole_again(fork, service, lost):
    """Whether two healthy tasks run, none of the lost among them."""
    now = tasks_of(fork, service)
    return not set(lost) & set(now) and len(now) >= TASKS and len(healthy_targets(fork, service)) >= TASKS


def by_zone(fork, service):
    """The service's tasks by zone."""
    told = fork.client("ecs").describe_tasks(cluster=service["clusterArn"], tasks=tasks_of(fork, service))["tasks"]
    zones = {}
    for one in told:
        zones.setdefault(one["availabilityZone"], []).append(one["taskArn"])
    return zones


def spread(fork, service, zones):
    """What to do about tasks that sit in one zone."""
    (zone, *others) = sorted(zones)
    network = service["networkConfiguration"]["awsvpcConfiguration"]
    subnets = fork.client("ec2").describe_subnets(SubnetIds=network["subnets"])["Subnets"]
    if others or len({one["AvailabilityZone"] for one in subnets}) < TASKS:
        return CURE
    return f"All its tasks sit in {zone}, though it has subnets elsewhere: forceNewDeployment=True spreads them again."


def answered(fork, balancer, start, what, line, cure=None):
    """Fail unless every request so far was answered."""
    fork.advance(60)
    sent, failed = failed_requests(fork, balancer, start)
    expect(
        sent > 0 and failed == 0,
        f"{what}: {failed:.0f} of {sent:.0f} requests failed.",
        cloud=line,
        next=cure or CURE,
    )
