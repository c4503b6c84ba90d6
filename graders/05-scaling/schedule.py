"""Step 6: is the launch survived? A fork is taken to the next noon; the load of the launch comes on the stroke."""

from datetime import UTC, datetime

from dockyard.grading import check, expect
from dockyard.grading.experiments import balancer_of, desired_count, failed_requests
from dockyard.grading.finding import latest_refusal
from dockyard.grading.scaling import CPU_MS, MINUTE
from dockyard.grading.serving import service_behind_a_balancer

TASKS = 2
HOUR = 60 * MINUTE
DAY = 24 * HOUR
LASTS = 30 * MINUTE


@check
def noon_without_an_error(world, values):
    """On the stroke of noon {noon} requests a second come for half an hour, and not one of them fails."""
    service = service_behind_a_balancer(world, values, TASKS)
    fork = at(world.fork("noon"), 12)
    balancer = balancer_of(fork, service)
    start = fork.now()
    fork.traffic(balancer["LoadBalancerName"], float(values["noon"]), CPU_MS, LASTS)
    fork.advance(LASTS + MINUTE)
    sent, failed = failed_requests(fork, balancer, start)
    expect(
        sent > 0 and failed == 0,
        f"At 12:00 UTC {values['noon']} requests a second came; {failed:.0f} of {sent:.0f} failed.",
        cloud=schedule_line(world, service),
        next="Raise MinCapacity some minutes before noon, far enough: how many vCPUs do the requests need?",
    )


@check(after=noon_without_an_error)
def two_in_the_morning_and_at_night(world, values):
    """At nine in the morning and at nine at night two tasks are enough, and two there are."""
    service = service_behind_a_balancer(world, values, TASKS)
    fork = world.fork("the rest of the day")
    for hour in (9, 21):
        count = desired_count(at(fork, hour), service)
        expect(
            count == TASKS,
            f"At {hour}:00 UTC, with no load at all, {count} tasks were wanted.",
            cloud=schedule_line(world, service),
            next="A second scheduled action brings MinCapacity back to 2 in the afternoon; your policies do the rest.",
        )


def at(fork, hour):
    """The fork, at the next time it is so many hours (UTC)."""
    now = datetime.fromtimestamp(fork.now(), UTC)
    then = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    fork.advance((then - now).total_seconds() % DAY)
    return fork


def schedule_line(world, service):
    """The scheduled actions in a line, or why there is none."""
    scaling = "application-autoscaling"
    found = world.client(scaling).describe_scheduled_actions(ServiceNamespace="ecs")["ScheduledActions"]
    told = [f"{one['ScheduledActionName']} {one['Schedule']} {one['ScalableTargetAction']}" for one in found]
    return (
        "; ".join(told)
        or latest_refusal(world, (scaling, "PutScheduledAction"))
        or (f"describe_scheduled_actions answers none for {service['serviceName']}")
    )
