"""Step 5: does the count swing? Three hours of choppy load in a fork; every change of the count is counted."""

import re
from datetime import UTC, datetime

from dockyard.grading import check, expect
from dockyard.grading.experiments import balancer_of, desired_count, failed_requests, scaling_lines, until
from dockyard.grading.finding import alarms
from dockyard.grading.scaling import CPU_MS, MINUTE, away_from_schedules, offer, ready, vcpus, why_not_in
from dockyard.grading.serving import service_behind_a_balancer

TASKS = 2
HOURS, HALF_WAVE = 3, 10 * MINUTE
BUSY, QUIET = 90, 20
MOST_CHANGES = 6
IN_WITHIN = 120 * MINUTE


@check
def choppy_load_changes_little(world, values):
    """Three hours of load that comes and goes every ten minutes change the number of tasks at most six times."""
    service = service_behind_a_balancer(world, values, TASKS)
    fork = world.fork("choppy")
    away_from_schedules(fork)
    ready(fork, service, TASKS)
    balancer = balancer_of(fork, service)
    start, capacity = fork.now(), TASKS * vcpus(fork, service) * 1000 / CPU_MS
    for number in range(int(HOURS * 60 * MINUTE / HALF_WAVE)):
        percent = QUIET if number % 2 else BUSY
        fork.traffic(balancer["LoadBalancerName"], capacity * percent / 100, CPU_MS, HALF_WAVE + MINUTE)
        fork.advance(HALF_WAVE)
    counts = changes_since(fork, start)
    sent, failed = failed_requests(fork, balancer, start)
    told = " ".join(str(one) for one in counts[:12]) + (" …" if len(counts) > 12 else "")
    line = next(iter(scaling_lines(fork)), "no scaling activity")
    expect(
        len(counts) <= MOST_CHANGES,
        f"In three hours of choppy load the number of tasks changed {len(counts)} times: {told}.",
        cloud=line,
        next=easily_rung(fork)
        or "Go in later than you go out: let the low alarm watch for longer than one lull. (A "
        "cooldown slows each step; the alarm still rings in every lull.)",
    )
    expect(
        counts,
        "In three hours of choppy load, up to 90 % of two tasks, no task was ever added.",
        cloud=line,
        next="Be slow to go in, not slow to go out: three minutes above the line are enough.",
    )
    expect(failed == 0, f"{failed:.0f} of {sent:.0f} requests failed.", next="Be slow to go in, not slow to go out.")


@check(after=choppy_load_changes_little)
def long_calm_still_counts(world, values):
    """Two hours of calm still bring the service back to two tasks."""
    service = service_behind_a_balancer(world, values, TASKS)
    fork = world.fork("long calm")
    away_from_schedules(fork)
    before = offer(fork, service, BUSY, TASKS)
    until(fork, lambda: desired_count(fork, service) > before, 20 * MINUTE, MINUTE)
    offer(fork, service, 0, TASKS)
    if not until(fork, lambda: desired_count(fork, service) == TASKS, IN_WITHIN, MINUTE):
        seen = f"After two hours of calm there were still {desired_count(fork, service)} tasks."
        raise why_not_in(fork, service, seen)


def easily_rung(fork):
    """What to say of a low alarm that watches for longer than a lull and rings for less; "" where there is none."""
    for one in alarms(fork):
        last = one["EvaluationPeriods"]
        needed = one.get("DatapointsToAlarm", last)
        if "Less" in one["ComparisonOperator"] and needed * one["Period"] < HALF_WAVE < last * one["Period"]:
            return (
                f"{one['AlarmName']} rings when {needed} of its last {last} periods of {one['Period']} s are low: one "
                "lull is enough. Raise DatapointsToAlarm, too."
            )
    return ""


def changes_since(fork, start):
    """What scaling set the count to since a moment, one after the other."""
    found = fork.client("application-autoscaling").describe_scaling_activities(ServiceNamespace="ecs", MaxResults=50)
    since = datetime.fromtimestamp(start, UTC)
    told = [one["Description"] for one in reversed(found["ScalingActivities"]) if one["StartTime"] >= since]
    return [int(number[1]) for one in told if (number := re.search(r"desired count to (\d+)", one))]
