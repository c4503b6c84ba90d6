"""Step 5: does it scale? In forks, load is offered and taken away again, and the tasks are counted."""

from dockyard.grading import check, expect
from dockyard.grading.experiments import desired_count, scaling_lines, until
from dockyard.grading.finding import services
from dockyard.grading.scaling import MINUTE, limits, offer, why_not

TASKS, MOST = 2, 10
OUT_WITHIN, IN_WITHIN, LIMIT_WITHIN, HOLDS_FOR = 20 * MINUTE, 120 * MINUTE, 240 * MINUTE, 30 * MINUTE


@check
def load_adds_tasks(world, values):
    """When the load drives the CPU to 90 %, there are more than two tasks within 20 minutes."""
    service = the_service(world, values)
    fork = world.fork("spike")
    before = offer(fork, service, 90, TASKS)
    if not until(fork, lambda: desired_count(fork, service) > before, OUT_WITHIN, MINUTE):
        raise why_not(fork, service, "The CPU was at 90 % for 20 minutes, and no task was added.")


@check(after=load_adds_tasks)
def calm_takes_them_away(world, values):
    """When the load has gone, the service comes back to two tasks within two hours."""
    service = the_service(world, values)
    fork = world.fork("spike, then calm")
    before = offer(fork, service, 90, TASKS)
    until(fork, lambda: desired_count(fork, service) > before, OUT_WITHIN, MINUTE)
    offer(fork, service, 0, TASKS)
    back = until(fork, lambda: desired_count(fork, service) == TASKS, IN_WITHIN, MINUTE)
    least = limits(fork, service).get("MinCapacity", 0)
    expect(
        least <= TASKS,
        f"Two hours after the load there were still {desired_count(fork, service)} tasks: fewer are not allowed.",
        cloud=f"MinCapacity {least}",
        next="Register the scalable target with MinCapacity=2 and MaxCapacity=10.",
    )
    expect(
        back,
        f"Two hours after the load had gone there were still {desired_count(fork, service)} tasks.",
        cloud=next(iter(scaling_lines(fork)), "no scaling activity"),
        next="A scale-out policy alone never scales in: add a policy with -1 and an alarm on low CPU.",
    )


@check(after=load_adds_tasks)
def sixty_percent_is_no_reason(world, values):
    """At 60 % CPU no task is added: the line is at 70 %."""
    service = the_service(world, values)
    fork = world.fork("60 percent")
    before = offer(fork, service, 60, TASKS)
    expect(
        not until(fork, lambda: desired_count(fork, service) > before, HOLDS_FOR, MINUTE),
        "At 60 % CPU a task was added.",
        cloud=next(iter(scaling_lines(fork)), ""),
        next="Set the line to 70: the alarm's Threshold or the policy's TargetValue.",
    )


@check(after=load_adds_tasks)
def ten_is_the_limit(world, values):
    """However much is asked, there are at most ten tasks; and ten when that much is needed."""
    service = the_service(world, values)
    fork = world.fork("flood")
    offer(fork, service, 2000, TASKS)
    until(fork, lambda: desired_count(fork, service) >= MOST, LIMIT_WITHIN, MINUTE)
    fork.advance(10 * MINUTE)
    expect(
        desired_count(fork, service) == MOST,
        f"Under a flood of requests the service went to {desired_count(fork, service)} tasks.",
        cloud=next(iter(scaling_lines(fork)), "no scaling activity"),
        next="Register the scalable target with MinCapacity=2 and MaxCapacity=10.",
    )


def the_service(world, values):
    """The learner's service behind a load balancer."""
    found = [one for one in services(world, values["service"]) if one.get("loadBalancers")]
    expect(found, "No service behind a load balancer runs.", next="Finish step 4 first.")
    return found[0]
