"""Step 4: is it a service? In forks, requests are sent, a task is stopped and a bad release is rolled out."""

from dockyard.grading import Failure, attempt, check, expect
from dockyard.grading.experiments import balancer_of, definition_again, failed_requests, healthy_targets, targets, until
from dockyard.grading.finding import latest_refusal, services

TASKS = 2
SETTLES_WITHIN = 15 * 60
HEALS_WITHIN = 15 * 60
ROLL_OUT_LASTS = 15 * 60
REQUESTS_PER_SECOND, CPU_MS = 20.0, 20.0
NO_SUCH_TAG = "this-release-was-never-pushed"


@check
def two_tasks_are_healthy(world, values):
    """Two tasks run behind a load balancer, and both are healthy."""
    steady(world.fork("two healthy"), the_service(world, values))


@check(after=two_tasks_are_healthy)
def requests_are_answered(world, values):
    """Requests from the internet that arrive at the load balancer are answered."""
    service = the_service(world, values)
    fork = world.fork("requests")
    steady(fork, service)
    balancer = balancer_of(fork, service)
    start = fork.now()
    fork.traffic(balancer["LoadBalancerName"], REQUESTS_PER_SECOND, CPU_MS, 600)
    fork.advance(300)
    sent, failed = failed_requests(fork, balancer, start)
    expect(
        sent > 0 and failed == 0,
        f"{REQUESTS_PER_SECOND:.0f} requests a second for 5 minutes: {sent:.0f} arrived, {failed:.0f} failed.",
        cloud=health_line(fork, service),
        next="Follow a request: the balancer's security group, its listener, the target group, the task's group.",
    )


@check(after=two_tasks_are_healthy)
def a_stopped_task_is_replaced(world, values):
    """A task that dies is replaced, and two are healthy again."""
    service = the_service(world, values)
    fork = world.fork("stop a task")
    steady(fork, service)
    before = tasks_of(fork, service)
    fork.client("ecs").stop_task(cluster=service["clusterArn"], task=before[0], reason="stopped by the check")

    def healed():
        now = tasks_of(fork, service)
        return before[0] not in now and len(now) >= TASKS and len(healthy_targets(fork, service)) >= TASKS

    expect(
        until(fork, healed, HEALS_WITHIN),
        "One task was stopped; 15 minutes later there were not two healthy ones again.",
        cloud=latest_event(fork, service),
        next="Read the service's events: they say why no new task came.",
    )


@check(after=requests_are_answered)
def a_bad_release_leaves_the_good_one_serving(world, values):
    """While a release whose image does not exist is rolled out, the good one answers every request."""
    service = the_service(world, values)
    fork = world.fork("bad release")
    steady(fork, service)
    balancer = balancer_of(fork, service)
    start = fork.now()
    fork.traffic(balancer["LoadBalancerName"], REQUESTS_PER_SECOND, CPU_MS, ROLL_OUT_LASTS + 600)
    fork.advance(60)
    release(fork, service, NO_SUCH_TAG)
    fork.advance(ROLL_OUT_LASTS)
    sent, failed = failed_requests(fork, balancer, start)
    expect(
        sent > 0 and failed == 0,
        f"A release with a missing image was rolled out: {failed:.0f} of {sent:.0f} requests failed.",
        cloud=latest_event(fork, service),
        next="Leave minimumHealthyPercent at 100: then ECS stops a good task only once a new one is healthy.",
    )


def the_service(world, values):
    """The learner's service behind a load balancer; refuses one that asks for fewer than two tasks."""
    found = services(world, values["service"])
    expect(
        found,
        "No service runs.",
        cloud=latest_refusal(world, *missing_calls(world)) or "list_services answers none",
        next="Create one: ecs.create_service(desiredCount=2, launchType='FARGATE', …).",
    )
    behind = [one for one in found if any("targetGroupArn" in each for each in one.get("loadBalancers", []))]
    expect(
        behind,
        f"The service {found[0]['serviceName']} stands behind no load balancer.",
        cloud="loadBalancers: []",
        next="ECS takes loadBalancers at create_service: delete the service and create it with its target group.",
    )
    service = behind[0]
    expect(
        service["desiredCount"] >= TASKS,
        f"The service {service['serviceName']} asks for {service['desiredCount']} task: when it dies, nothing answers.",
        cloud=f"desiredCount {service['desiredCount']}, runningCount {service['runningCount']}",
        next="Ask for two: ecs.update_service(cluster=…, service=…, desiredCount=2).",
    )
    return service


def missing_calls(world):
    """The calls whose refusal explains that there is no service: a balancer comes before all others."""
    if not world.client("elbv2").describe_load_balancers()["LoadBalancers"]:
        return [("elbv2", "CreateLoadBalancer")]
    return [("ecs", "CreateService"), ("elbv2", "CreateListener"), ("elbv2", "CreateTargetGroup")]


def steady(fork, service):
    """Let a fork's service come to rest with its tasks healthy, or say what keeps it from that."""
    if until(fork, lambda: len(healthy_targets(fork, service)) >= TASKS, SETTLES_WITHIN):
        return
    healthy = len(healthy_targets(fork, service))
    line = health_line(fork, service)
    raise Failure(
        f"After 15 minutes {healthy} of {TASKS} targets of the service {service['serviceName']} were healthy.",
        cloud=line,
        next=cure(line),
    )


def health_line(fork, service):
    """The cloud's line about the targets: an unhealthy or unused one, else the service's latest event."""
    for one in targets(fork, service):
        health = one["TargetHealth"]
        if health["State"] in ("unhealthy", "unused"):
            return f"{health['State']}: {health.get('Reason', '')} {health.get('Description', '')}".strip()
    return latest_event(fork, service)


def latest_event(fork, service):
    """The service's newest event that says why; the one about the trouble that lasts does not."""
    answer = fork.client("ecs").describe_services(cluster=service["clusterArn"], services=[service["serviceName"]])
    messages = [one["message"] for one in answer["services"][0]["events"]]
    saying = [one for one in messages if "consistently" not in one]
    telling = [one for one in saying if "unable" in one or "unhealthy" in one or "failed" in one]
    return next(iter([*telling, *messages]), "the service has no events")


def tasks_of(fork, service):
    """The ARNs of the tasks that shall run."""
    answer = fork.client("ecs").list_tasks(
        cluster=service["clusterArn"], serviceName=service["serviceName"], desiredStatus="RUNNING"
    )
    return sorted(answer["taskArns"])


def release(fork, service, tag):
    """Roll out the same task definition with a tag that was never pushed."""
    ecs = fork.client("ecs")
    (now,) = ecs.describe_services(cluster=service["clusterArn"], services=[service["serviceName"]])["services"]
    definition = ecs.describe_task_definition(taskDefinition=now["taskDefinition"])["taskDefinition"]
    containers = [
        {**one, "image": f"{one['image'].split('@')[0].rpartition(':')[0] or one['image']}:{tag}"}
        for one in definition["containerDefinitions"]
    ]
    with attempt("The bad release could not be rolled out."):
        again = ecs.register_task_definition(**definition_again(definition, containerDefinitions=containers))
        ecs.update_service(
            cluster=service["clusterArn"],
            service=service["serviceName"],
            taskDefinition=again["taskDefinition"]["taskDefinitionArn"],
        )


def cure(line):
    """What to do about a target's line."""
    cures = (
        ("timed out", "The task's security group must let the balancer's security group in on the container's port."),
        ("Target.FailedHealthChecks", "Something must listen on the container's port at 0.0.0.0."),
        ("failed with these codes", "Point the health check at a path that answers 200: /health."),
        ("Target.NotInUse", "Give the balancer a listener that forwards to the target group, in the tasks' zones."),
        ("CannotPull", "Compare the image's name with what ECR holds."),
        (
            "ResourceInitialization",
            "Give the task a way out (assignPublicIp ENABLED) and its execution role its rights.",
        ),
    )
    return next((told for part, told in cures if part in line), "Read the service's events and describe_target_health.")
