"""Step 4: is a storm caught up with? The whole of noon's load comes at once, in a fork, and nobody announced it."""

from dockyard.grading import check, expect
from dockyard.grading.counting import watched
from dockyard.grading.experiments import balancer_of, failed_requests, scaling_lines
from dockyard.grading.scaling import CPU_MS, MINUTE, away_from_schedules, ready
from dockyard.grading.serving import service_behind_a_balancer

TASKS = 2
ALL = 100  # percent: a bound there is crossed by no CPU
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
    line = float(values["threshold"])
    steep = "One task at a time is too slow. Give the policy a second step: far above the line, several at once."
    expect(
        sent > 0 and late == 0,
        f"{values['noon']} requests a second came at once: {failed:.0f} of {sent:.0f} failed, "
        f"{late:.0f} of them after the eighth minute. Healthy tasks, minute by minute: {told}.",
        cloud=next(iter(scaling_lines(fork)), "no scaling activity"),
        next=out_of_reach(fork, line) or (steep if max(curve) > TASKS else f"No step fits. {offsets(line)}"),
    )


def out_of_reach(fork, line):
    """What to say of a step that begins above 100 %, which no CPU shows; "" where there is none."""
    policies = fork.client("application-autoscaling").describe_scaling_policies(ServiceNamespace="ecs")
    steps = [
        step
        for one in policies["ScalingPolicies"]
        for step in one.get("StepScalingPolicyConfiguration", {}).get("StepAdjustments", [])
    ]
    late = [step.get("MetricIntervalLowerBound", 0) for step in steps]
    late = [one for one in late if line + one >= ALL]
    if not late:
        return ""
    return (
        f"The step from {late[0]:.0f} on begins at {line + late[0]:.0f} %, and the CPU never shows more than 100: "
        f"it cannot come. {offsets(line)}"
    )


def offsets(line):
    """What a bound counts from."""
    return f"Bounds count from the alarm's line: a bound of 20 means {line + 20:.0f} %."
