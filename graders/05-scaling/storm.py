"""Step 4: is a storm caught up with? The whole of noon's load comes at once, in a fork, and nobody announced it."""

from itertools import pairwise

from dockyard.grading import check, expect
from dockyard.grading.counting import watched
from dockyard.grading.experiments import balancer_of, desired_count, failed_requests, scaling_lines, until
from dockyard.grading.finding import alarms, latest_refusal
from dockyard.grading.scaling import CPU_MS, MINUTE, away_from_schedules, beyond_reach, limits, offer, offset, tasks_for
from dockyard.grading.serving import service_behind_a_balancer

SCALING = "application-autoscaling"
TASKS = 2
CALM_WITHIN, CAUGHT_UP_WITHIN, LASTS = 120 * MINUTE, 8 * MINUTE, 20 * MINUTE


@check
def eight_minutes_are_enough(world, values):
    """When {noon} requests a second come without a word, no request fails any more after eight minutes."""
    service = service_behind_a_balancer(world, values, TASKS)
    fork = world.fork("storm")
    away_from_schedules(fork)
    offer(fork, service, 0, TASKS)
    until(fork, lambda: desired_count(fork, service) == TASKS, CALM_WITHIN, MINUTE)
    found = desired_count(fork, service)
    expect(
        found == TASKS,
        f"The storm came to {found} tasks, after two hours of calm, and not to two.",
        cloud=f"MinCapacity {limits(fork, service).get('MinCapacity')}",
        next="A storm is caught up with by a policy: who keeps its tasks ready all day pays for them all day.",
    )
    fork.advance(10 * MINUTE - fork.now() % MINUTE)
    balancer = balancer_of(fork, service)
    start = fork.now()
    fork.traffic(balancer["LoadBalancerName"], float(values["noon"]), CPU_MS, LASTS)
    curve = [one.healthy for one in watched(fork, service, LASTS, MINUTE)]
    _, late = failed_requests(fork, balancer, start + CAUGHT_UP_WITHIN)
    sent, failed = failed_requests(fork, balancer, start)
    told = " ".join(str(one) for one in curve)
    expect(
        sent > 0 and late == 0,
        f"{values['noon']} requests a second came at once: {failed:.0f} of {sent:.0f} failed, "
        f"{late:.0f} of them after the eighth minute. Healthy tasks, minute by minute: {told}.",
        cloud=latest_refusal(world, (SCALING, "PutScalingPolicy")) or next(iter(scaling_lines(fork)), "no activity"),
        next=limited(fork, service, values) or why_late(curve, stepping(fork), values),
    )


def stepping(fork):
    """The step policies, each with the alarm on high CPU that calls it; None where none does."""
    high = {
        one["AlarmName"]: one
        for one in alarms(fork)
        if one.get("MetricName") == "CPUUtilization" and one["ComparisonOperator"].startswith("Greater")
    }
    told = fork.client(SCALING).describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]
    return [
        (one, next((high[each["AlarmName"]] for each in one["Alarms"] if each["AlarmName"] in high), None))
        for one in told
        if "StepScalingPolicyConfiguration" in one
    ]


def limited(fork, service, values):
    """What to say of a MaxCapacity that leaves too few tasks for noon; "" where it leaves enough."""
    most = limits(fork, service).get("MaxCapacity", 0)
    if most >= tasks_for(fork, service, float(values["noon"])):
        return ""
    return f"MaxCapacity {most} stopped it: how many vCPUs do {values['noon']} × {CPU_MS:.0f} ms need?"


def why_late(curve, policies, values):
    """What to say of a storm that was not caught up with in time."""
    called = [(one, alarm) for one, alarm in policies if alarm]
    line = next((alarm["Threshold"] for _, alarm in called), float(values["threshold"]))
    return not_called(policies) or out_of_reach(called) or too_slow(curve, line)


def not_called(policies):
    """What to say of a policy that no alarm calls, and that adds more than those that are called; "" without one."""
    most = max((at_most(one) for one, alarm in policies if alarm), default=0)
    idle = [one["PolicyName"] for one, alarm in policies if not alarm and at_most(one) > most]
    if not idle:
        return ""
    return (
        f"No alarm on high CPU calls the policy {idle[0]}: its ARN belongs into AlarmActions. (A second "
        "put_metric_alarm under the same AlarmName replaces the first alarm.)"
    )


def out_of_reach(called):
    """What to say of a step that begins above 100 %, which no CPU shows; "" where there is none."""
    return next((told for one, alarm in called if (told := beyond_reach(alarm, steps(one)))), "")


def too_slow(curve, line):
    """What to say where the policies are called, and add too few tasks."""
    if max(curve) == TASKS:
        return f"No step adds a task at 100 %. {offset(line)}"
    most = max(after - before for before, after in pairwise(curve))
    if most > 1:
        return f"It went up by {most} at most, and then it waited: add more at once, or shorten the cooldown."
    return "One task at a time is too slow. Give the policy a second step: far above the line, several at once."


def at_most(policy):
    """The largest adjustment of a policy's steps."""
    return max((step["ScalingAdjustment"] for step in steps(policy)), default=0)


def steps(policy):
    """The steps of a step policy."""
    return policy["StepScalingPolicyConfiguration"]["StepAdjustments"]
