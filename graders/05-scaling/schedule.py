"""Step 6: is the launch survived? A fork is taken to a noon a day on; the load of the launch comes on the stroke."""

import functools
import re
from collections import namedtuple
from datetime import UTC, datetime

from dockyard.grading import Failure, check, expect
from dockyard.grading.counting import counted
from dockyard.grading.experiments import balancer_of, desired_count, failed_requests, until
from dockyard.grading.finding import latest_refusal
from dockyard.grading.scaling import CPU_MS, MINUTE, limits, offer, tasks_for
from dockyard.grading.serving import service_behind_a_balancer

SCALING = "application-autoscaling"
TASKS = 2
HOUR = 60 * MINUTE
DAY = 24 * HOUR
LASTS = 30 * MINUTE
CALM_AT, AFTERNOON, NOON = (9, 11, 15, 21), 15, 12  # o'clock
BUSY, OUT_WITHIN = 90, 20 * MINUTE
EVERY_DAY = re.compile(r"cron\(\S+ \S+ [*?] \* [*?] \*\)")
#: A day without load: the tasks wanted by the hour, and the forks of its afternoon and of its noon.
Day = namedtuple("Day", "counts afternoon noon")
FLOOR = re.compile(r"min capacity to (\d+)")
REFUSED = "An action came, and was refused: MinCapacity may not be above MaxCapacity. How many does noon really need?"
OUT_OF_REACH = "Does an action lower MaxCapacity? Then MinCapacity cannot rise again: leave MaxCapacity out of it."
LATE = (
    "The number is right, the time is not: a task needs half a minute here to get healthy, and one to three on AWS. "
    "Raise it some minutes before noon."
)


@check
def noon_without_an_error(world, values):
    """On the stroke of noon {noon} requests a second come for half an hour, and not one of them fails."""
    service = service_behind_a_balancer(world, values, TASKS)
    noon = calm_day(world, service["clusterArn"], service["serviceName"]).noon
    fork = noon.fork("noon")
    sent, failed, ready, asked = launched(fork, service, values)
    refused, enough = action_that_failed(fork, world.now()), asked >= needed(fork, service, values)
    if failed or not sent:
        raise not_granted(world) or Failure(
            f"At 12:00 UTC {values['noon']} requests a second came to {ready} healthy tasks; {failed:.0f} of "
            f"{sent:.0f} failed.",
            cloud=refused or schedule_line(world, service),
            next=lowered_early(noon, needed(fork, service, values))
            or too_late_or_too_few(enough, values, world, refused),
        )


def launched(fork, service, values):
    """The launch from now on: requests, failures, tasks healthy as it began, tasks asked for a minute later."""
    balancer, start = balancer_of(fork, service), fork.now()
    ready = counted(fork, service).healthy
    fork.traffic(balancer["LoadBalancerName"], float(values["noon"]), CPU_MS, LASTS)
    fork.advance(MINUTE)
    asked = counted(fork, service).desired  # no alarm has rung yet: it is what was planned
    fork.advance(LASTS)
    return *failed_requests(fork, balancer, start), ready, asked


def needed(fork, service, values, percent=100):
    """The tasks that the load of noon keeps so busy."""
    return tasks_for(fork, service, float(values["noon"]), percent)


def too_late_or_too_few(enough, values, world, refused):
    """What to change: a limit in the way, the time, the days, or the number."""
    if refused:
        return OUT_OF_REACH if any("MaxCapacity" in one["ScalableTargetAction"] for one in actions(world)) else REFUSED
    if enough:
        return LATE
    too_few = f"{values['noon']} × {CPU_MS:.0f} ms is how many vCPUs that must be there when noon comes?"
    other = once_or_some_days(world) or one_name(world)
    return other or f"Raise MinCapacity before noon (UTC), and far enough: {too_few}"


@check(after=noon_without_an_error)
def no_more_than_needed(world, values):
    """At noon no more tasks are ready than bring the CPU down to {threshold} %."""
    service = service_behind_a_balancer(world, values, TASKS)
    day = calm_day(world, service["clusterArn"], service["serviceName"])
    counts, noon = day.counts, day.noon
    most = needed(noon, service, values, int(values["threshold"]))
    expect(
        counts[NOON] <= most,
        f"At noon {counts[NOON]} tasks were wanted. {most} bring the CPU down to {values['threshold']} %: the bank "
        "pays for what idles.",
        cloud=schedule_line(world, service),
        next=f"{values['noon']} × {CPU_MS:.0f} ms is how many vCPUs? Ask for no more than your sum says.",
    )


@check(after=noon_without_an_error)
def two_in_the_morning_and_at_night(world, values):
    """At 9:00, 11:00, 15:00 and 21:00 UTC two tasks are enough, and two there are."""
    service = service_behind_a_balancer(world, values, TASKS)
    counts = calm_day(world, service["clusterArn"], service["serviceName"]).counts
    for hour in CALM_AT:
        if counts[hour] != TASKS:
            raise not_granted(world) or Failure(
                f"At {hour}:00 UTC, with no load at all, {counts[hour]} tasks were wanted.",
                cloud=schedule_line(world, service),
                next=not_lowered(counts),
            )


@check(after=two_in_the_morning_and_at_night)
def room_in_the_afternoon(world, values):
    """At 15:00 UTC the CPU comes to 90 %, and a task is added as ever."""
    service = service_behind_a_balancer(world, values, TASKS)
    fork = calm_day(world, service["clusterArn"], service["serviceName"]).afternoon.fork("busy")
    before = offer(fork, service, BUSY, TASKS)
    if not until(fork, lambda: desired_count(fork, service) > before, OUT_WITHIN, MINUTE):
        most = limits(fork, service).get("MaxCapacity")
        raise Failure(
            f"At 15:00 UTC the CPU was at 90 % for 20 minutes, and no task was added: MaxCapacity is {most} then.",
            cloud=schedule_line(world, service),
            next="An action that names MaxCapacity changes it until the next one does: name MinCapacity only.",
        )


@check(after=two_in_the_morning_and_at_night)
def on_each_day(world, values):
    """On each of the six days after that, enough tasks are ready at noon: the launch is every day."""
    service = service_behind_a_balancer(world, values, TASKS)
    if on_the_same_days(world):
        return  # each day is as the last one was
    noon = calm_day(world, service["clusterArn"], service["serviceName"]).noon
    fork, enough = noon.fork("a week"), needed(noon, service, values)
    for _ in range(6):
        fork.advance(DAY)
        wanted = desired_count(fork, service)
        expect(
            wanted >= enough,
            f"On {datetime.fromtimestamp(fork.now(), UTC):%A} at 12:00 UTC {wanted} tasks were wanted.",
            cloud=schedule_line(world, service),
            next=once_or_some_days(world),
        )


@functools.cache  # who judges loads this file anew: a day is kept for one judgement
def calm_day(world, cluster, name):
    """A day on which nobody asks, when each daily action has come once, whatever the time now."""
    fork = world.fork("a calm day")
    (service,) = fork.client("ecs").describe_services(cluster=cluster, services=[name])["services"]
    offer(fork, service, 0, 1)
    fork.advance(DAY)
    counts, afternoon = {}, None
    for hour in (*CALM_AT, NOON):
        counts[hour] = desired_count(at(fork, hour), service)
        afternoon = fork.fork("afternoon") if hour == AFTERNOON else afternoon
    return Day(counts, afternoon, fork)


def not_lowered(counts):
    """What to change where more than two tasks are wanted at an hour when nobody asks."""
    if [hour for hour in CALM_AT if counts[hour] != TASKS] == [11]:
        return "The action that raises MinCapacity comes before 11:00. At 11:00 two are enough: let it come later."
    return (
        "A second scheduled action, with a name of its own, brings MinCapacity back to 2 in the afternoon; your "
        "policies do the rest."
    )


def once_or_some_days(world):
    """What to change of an action that never comes again, or not each day; "" for none."""
    if any(one["Schedule"].startswith("at(") for one in actions(world)):
        return "An action with at(…) happens once. cron(…) comes again: minute, hour, day, month, weekday, year."
    if not on_the_same_days(world):
        return "On which days does your cron(…) come? Noon comes every day: * for one of the two days, ? for the other."
    return ""


def one_name(world):
    """What to change where one action is left, and it raises nothing; "" else."""
    found = actions(world)
    if len(found) != 1 or found[0]["ScalableTargetAction"].get("MinCapacity", 0) > TASKS:
        return ""
    return (
        f"There is one action only, {found[0]['ScheduledActionName']}, and it raises nothing. A second "
        "put_scheduled_action under the same ScheduledActionName replaces the first: give each a name of its own."
    )


def lowered_early(noon, enough):
    """What to say of the action that lowered the floor again on the morning of this noon; "" where none did."""
    now = datetime.fromtimestamp(noon.now(), UTC)
    found = noon.client(SCALING).describe_scaling_activities(ServiceNamespace="ecs")["ScalingActivities"]
    floors = [
        (int(floor[1]), one)
        for one in found
        if one["StartTime"].date() == now.date()
        and one["StatusCode"] == "Successful"
        and (floor := FLOOR.search(one["Description"]))
    ]
    if not floors or floors[0][0] >= enough or all(floor < enough for floor, _ in floors):
        return ""
    least, one = floors[0]
    return (
        f"At {one['StartTime']:%H:%M} UTC MinCapacity went down to {least} again ({one['Cause']}): that is too early. "
        "The load of noon lasts until 12:30."
    )


def not_granted(world):
    """The failure of whoever's latest scheduled action was refused; None where it was not."""
    refused = latest_refusal(world, (SCALING, "PutScheduledAction"))
    if not refused:
        return None
    zone = "Dockyard keeps to UTC: leave Timezone out, and name the hours in UTC."
    return Failure(
        "The latest put_scheduled_action was refused: what it should do was never planned.",
        cloud=refused,
        next=zone if "UTC only" in refused else "Mend that call first: the cloud's line says what it wants.",
    )


def action_that_failed(fork, since):
    """What Application Auto Scaling says of the latest action that came to nothing since then; "" for none."""
    found = fork.client(SCALING).describe_scaling_activities(ServiceNamespace="ecs")
    lately = [one for one in found["ScalingActivities"] if one["StartTime"].timestamp() >= since]
    failed = [one for one in lately if one["StatusCode"] == "Failed"]
    return f"{failed[0]['Description']}: {failed[0].get('StatusMessage', '')}" if failed else ""


def at(fork, hour):
    """The fork, at the next time it is so many hours (UTC)."""
    now = datetime.fromtimestamp(fork.now(), UTC)
    then = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    fork.advance((then - now).total_seconds() % DAY)
    return fork


def actions(world):
    """The scheduled actions."""
    return world.client(SCALING).describe_scheduled_actions(ServiceNamespace="ecs")["ScheduledActions"]


def on_the_same_days(world):
    """Whether each action comes on every day."""
    return all(EVERY_DAY.fullmatch(one["Schedule"]) for one in actions(world))


def schedule_line(world, service):
    """The scheduled actions in a line, or that there is none."""
    told = [f"{one['ScheduledActionName']} {one['Schedule']} {one['ScalableTargetAction']}" for one in actions(world)]
    return "; ".join(told) or f"describe_scheduled_actions answers none for {service['serviceName']}"
