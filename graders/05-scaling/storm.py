"""Step 4: is a storm caught up with? The whole of noon's load comes at once, in a fork, and nobody announced it."""

from dockyard.grading import check, expect
from dockyard.grading.counting import watched
from dockyard.grading.experiments import balancer_of, failed_requests, scaling_lines
from dockyard.grading.scaling import CPU_MS, MINUTE, away_from_schedules, ready
from dockyard.grading.serving import service_behind_a_balancer

TASKS = 2
CAUGHT_UP_WITHIN, LASTS = 8 * MINUTE, 20 * MINUTE


@check
def eight_minutes_are_enough(world, values):
    """When {noon} requests a second come without a word, no request fails any more after eight minutes."""
    service = service_behind_a_balancer(world, values, TASKS)
    fork = world.fork("storm")
    away_from_schedules(fork)
    ready(fork, service, TASKS)
    fork.advance(10 * MINUTE - fork.now() % MINUTE)
    balancer = balancer_of(fork, service)
    start = fork.now()
    fork.traffic(balancer["LoadBalancerName"], float(values["noon"]), CPU_MS, LASTS)
    curve = [one.healthy for one in watched(fork, service, LASTS, MINUTE)]
    _, late = failed_requests(fork, balancer, start + CAUGHT_UP_WITHIN)
    sent, failed = failed_requests(fork, balancer, start)
    told = " ".join(str(one) for one in curve)
    steep = "One task at a time is too slow. Give the policy a second step: far above the line, several at once."
    wide = f"No step fits. Bounds count from the alarm's line: a bound of 20 means {int(values['threshold']) + 20} %."
    expect(
        sent > 0 and late == 0,
        f"{values['noon']} requests a second came at once: {failed:.0f} of {sent:.0f} failed, "
        f"{late:.0f} of them after the eighth minute. Healthy tasks, minute by minute: {told}.",
        cloud=next(iter(scaling_lines(fork)), "no scaling activity"),
        next=steep if max(curve) > TASKS else wide,
    )
