"""Step 5: does it scale? In forks, load is offered and taken away again, and the tasks are counted."""

from dockyard.grading import Failure, check, expect
from dockyard.grading.experiments import balancer_of, desired_count, healthy_targets, scaling_lines, until
from dockyard.grading.finding import alarms, latest_refusal, scalable_targets, services

TASKS, MOST = 2, 10
CPU_MS = 20.0
MINUTE = 60.0
OUT_WITHIN, IN_WITHIN, LIMIT_WITHIN, HOLDS_FOR = 20 * MINUTE, 120 * MINUTE, 240 * MINUTE, 30 * MINUTE
DAY = 24 * 60 * MINUTE


@check
def load_adds_tasks(world, values):
    """When the load drives the CPU to 90 %, there are more than two tasks within 20 minutes."""
    service = the_service(world, values)
    fork = world.fork("spike")
    before = offer(fork, service, percent=90)
    if not until(fork, lambda: desired_count(fork, service) > before, OUT_WITHIN, MINUTE):
        raise why_not(fork, service, "The CPU was at 90 % for 20 minutes, and no task was added.")


@check(after=load_adds_tasks)
def calm_takes_them_away(world, values):
    """When the load has gone, the service comes back to two tasks within two hours."""
    service = the_service(world, values)
    fork = world.fork("spike, then calm")
    before = offer(fork, service, percent=90)
    until(fork, lambda: desired_count(fork, service) > before, OUT_WITHIN, MINUTE)
    offer(fork, service, percent=0)
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
    before = offer(fork, service, percent=60)
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
    offer(fork, service, percent=2000)
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


def offer(fork, service, percent):
    """Offer so much load, for a day, that the tasks there are now are so busy; how many these are."""
    fork_is_ready(fork, service)
    balancer = balancer_of(fork, service)
    expect(balancer, "No load balancer stands before the service.", next="Finish step 4 first.")
    tasks = desired_count(fork, service)
    vcpus = tasks * units(fork, service) / 1024
    fork.traffic(balancer["LoadBalancerName"], vcpus * percent / 100 * 1000 / CPU_MS, CPU_MS, DAY)
    return tasks


def fork_is_ready(fork, service):
    """Wait until two tasks are healthy, whatever went on when the fork was made."""
    calm = until(fork, lambda: len(healthy_targets(fork, service)) >= TASKS, 15 * MINUTE)
    expect(calm, "The service has not two healthy tasks to begin with.", next="Finish step 4 first.")


def units(fork, service):
    """The CPU units of one task."""
    definition = fork.client("ecs").describe_task_definition(taskDefinition=service["taskDefinition"])
    return int(definition["taskDefinition"].get("cpu") or 1024)


def why_not(fork, service, seen):
    """The failure of a scale-out, told by the part that is missing: limits, policy, alarm, its data, its action."""
    cluster, resource = service["clusterArn"].rpartition("/")[2], resource_of(service)
    if not limits(fork, service):
        scaling = "application-autoscaling"
        refused = latest_refusal(fork, (scaling, "RegisterScalableTarget"), (scaling, "PutScalingPolicy"))
        line = refused or f"describe_scalable_targets answers no {resource}"
        return Failure(f"{seen} {resource} is no scalable target.", cloud=line, next="register_scalable_target first.")
    watching = [one for one in alarms(fork) if one.get("Namespace") == "AWS/ECS"]
    if not watching:
        return Failure(f"{seen} No alarm watches the CPU.", cloud="describe_alarms answers none", next="Make one.")
    for one in watching:
        if one["StateValue"] == "ALARM" and not acts(one) and "Greater" in one["ComparisonOperator"]:
            return Failure(
                f"{seen} The alarm {one['AlarmName']} rang, but it has no action.",
                cloud=f"{one['StateValue']}: {one['StateReason']} AlarmActions: []",
                next="Give put_metric_alarm the policy's ARN: AlarmActions=[policy['PolicyARN']].",
            )
    blind = [one for one in watching if one["StateValue"] == "INSUFFICIENT_DATA"]
    if blind:
        told = ", ".join(f"{each['Name']}={each['Value']}" for each in blind[0].get("Dimensions", []))
        return Failure(
            f"{seen} The alarm {blind[0]['AlarmName']} sees nothing: it stays in INSUFFICIENT_DATA.",
            cloud=f"{blind[0]['StateReason']} ({told or 'no dimensions'})",
            next=f"Its dimensions must be ClusterName={cluster}, ServiceName={service['serviceName']} and no other.",
        )
    lines = [
        *scaling_lines(fork),
        *(f"{one['AlarmName']} {one['StateValue']}: {one['StateReason']}" for one in watching),
    ]
    return Failure(seen, cloud=lines[0], next="Read the alarm's reason and its history: which line is crossed, when?")


def resource_of(service):
    """What Application Auto Scaling calls a service."""
    return f"service/{service['clusterArn'].rpartition('/')[2]}/{service['serviceName']}"


def limits(fork, service):
    """The scalable target of a service; empty where there is none."""
    return next((one for one in scalable_targets(fork) if one["ResourceId"] == resource_of(service)), {})


def acts(alarm):
    """Whether an alarm's action is a scaling policy."""
    return any("scalingPolicy" in one for one in alarm.get("AlarmActions", []))
