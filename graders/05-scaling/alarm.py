"""Step 2: when does the alarm ring? In forks the CPU goes just below the line, above it, and above for a minute."""

from dockyard.grading import Failure, check, expect
from dockyard.grading.experiments import until
from dockyard.grading.finding import alarms, latest_refusal
from dockyard.grading.scaling import MINUTE, away_from_schedules, offer, sees_nothing
from dockyard.grading.serving import service_behind_a_balancer

BELOW_FOR, AFTER_SPIKE = 12 * MINUTE, 10 * MINUTE
PERIODS = 3
NEAR = 0.5  # percent: so near to the line it must tell above from below
LOOK = "Look at Threshold, at Period, and at how many of how many periods must be above the line."


@check
def three_minutes_above_ring(world, values):
    """When the CPU has been above {threshold} % for three minutes, an alarm rings; not before."""
    fork, service = begun(world, values, float(values["threshold"]) + NEAR)
    fork.advance((PERIODS - 1) * MINUTE + MINUTE / 2)
    early = ringing(fork)
    expect(
        not early,
        f"The CPU had been above the line for two and a half minutes, and {names(early)} rang already.",
        cloud=line(early),
        next="Three periods of a minute must be above the line: Period=60, EvaluationPeriods=3, DatapointsToAlarm=3.",
    )
    if not until(fork, lambda: ringing(fork), 2 * MINUTE, MINUTE):
        raise why_silent(fork, service, values)


@check(after=three_minutes_above_ring)
def just_below_does_not(world, values):
    """A CPU just below {threshold} % is no reason to ring."""
    below = float(values["threshold"]) - NEAR
    fork, _ = begun(world, values, below)
    expect_silence(fork, values, BELOW_FOR, f"At {below:g} % CPU")


@check(after=three_minutes_above_ring)
def a_short_spike_does_not(world, values):
    """A spike of one minute is no reason to ring."""
    fork, service = begun(world, values, 100)
    fork.advance(MINUTE)
    offer(fork, service, 10, 1)
    expect_silence(fork, values, AFTER_SPIKE, "After a spike of one minute")


@check(after=three_minutes_above_ring)
def every_other_minute_does_not(world, values):
    """A CPU that is busy every other minute is no reason to ring."""
    fork, service = begun(world, values, 100)
    for minute in range(1, 2 * PERIODS):
        expect_silence(fork, values, MINUTE, "While only every other minute was busy")
        offer(fork, service, 20 if minute % 2 else 100, 1)


def begun(world, values, percent):
    """A fork in which the CPU goes to so many percent at a whole minute: (fork, service)."""
    service = service_behind_a_balancer(world, values, 1)
    fork = world.fork(f"{percent:g} percent")
    away_from_schedules(fork)
    offer(fork, service, 0, 1)
    fork.advance(10 * MINUTE - fork.now() % MINUTE)
    if not watching(fork):
        raise Failure(
            "No alarm watches for too much CPU.",
            cloud=latest_refusal(world, ("cloudwatch", "PutMetricAlarm")) or seen_instead(fork),
            next="put_metric_alarm on AWS/ECS CPUUtilization, GreaterThanThreshold.",
        )
    offer(fork, service, percent, 1)
    return fork, service


def watching(fork):
    """The learner's own alarms on too much CPU."""
    return [
        one
        for one in alarms(fork)
        if one.get("MetricName") == "CPUUtilization"
        and one["ComparisonOperator"].startswith("Greater")
        and not one["AlarmName"].startswith("TargetTracking-")
    ]


def ringing(fork):
    """Those of them that ring now."""
    return [one for one in watching(fork) if one["StateValue"] == "ALARM"]


def expect_silence(fork, values, seconds, when):
    """Fail when an alarm rings within so many seconds."""
    end = fork.now() + seconds
    while fork.now() < end:
        fork.advance(MINUTE)
        rang = ringing(fork)
        expect(
            not rang,
            f"{when}, {names(rang)} rang.",
            cloud=line(rang),
            next=what_differs(rang, values),
        )


def why_silent(fork, service, values):
    """The failure of an alarm that did not ring: it sees nothing, or a setting of it differs."""
    seen = f"The CPU was at {float(values['threshold']) + NEAR:g} % for four and a half minutes, and no alarm rang."
    for one in watching(fork):
        if one["StateValue"] == "INSUFFICIENT_DATA":
            return sees_nothing(one, service, seen)
    return Failure(seen, cloud=line(watching(fork)), next=what_differs(watching(fork), values))


def what_differs(found, values):
    """What to change of the first alarm that differs from what was asked for: one setting, named."""
    for one in found:
        if told := its_statistic(one) or its_minutes(one) or its_line(one["Threshold"], float(values["threshold"])):
            return f"{one['AlarmName']} {told}"
    return LOOK


def its_statistic(one):
    """What to say of a statistic that is no average; "" of Average."""
    statistic = one.get("Statistic") or one.get("ExtendedStatistic")
    if statistic == "Average":
        return ""
    return f"has Statistic {statistic}: that is not how busy the tasks are together. Average is."


def its_minutes(one):
    """What to say of other minutes than three of three; "" of these."""
    periods, each = one["EvaluationPeriods"], one["Period"]
    bad = one.get("DatapointsToAlarm", periods)
    if bad != periods:
        return (
            f"asks for {bad} of {periods} periods: calm ones may lie between. EvaluationPeriods=3 and "
            "DatapointsToAlarm=3 are three of three."
        )
    if periods * each != PERIODS * MINUTE:
        return (
            f"looks at {periods} period{'s'[: periods - 1]} of {each} s: that is {periods * each / MINUTE:g} minutes. "
            "Three minutes are three periods of 60 s."
        )
    if each != MINUTE:
        return f"has Period {each}: that is one average of busy and calm minutes. Take three periods of 60 s."
    return ""


def its_line(threshold, asked):
    """What to say of a line elsewhere; "" of the one that was asked for."""
    if threshold == asked:
        return ""
    unit = "CPUUtilization is in percent, from 0 to 100, and " if threshold <= 1 else ""
    return f"has Threshold {threshold:g}: {unit}the line is {asked:g}."


def seen_instead(fork):
    """What alarms there are, in a line."""
    told = [f"{one['AlarmName']}: {one.get('MetricName')} {one['ComparisonOperator']}" for one in alarms(fork)]
    return "; ".join(told) or "describe_alarms answers none"


def names(found):
    """The alarms' names."""
    return " and ".join(one["AlarmName"] for one in found)


def line(found):
    """What the first alarm says of itself."""
    return next((f"{one['AlarmName']} {one['StateValue']}: {one['StateReason']}" for one in found), "")
