"""Step 11: may a model take its time to load? The large release is rolled out in a fork, under load."""

from dockyard.grading import check, expect
from dockyard.grading.experiments import balancer_of, failed_requests, until
from dockyard.grading.finding import fargate_definitions
from dockyard.grading.serving import (
    events_since,
    is_rolled_out,
    latest_event,
    release_definition,
    service_behind_a_balancer,
    steady,
)

ROLLS_WITHIN = 25 * 60
ILL = "is unhealthy in"
SLOW = "slow_start.duration_seconds"
SPREADS = f"{SLOW} spreads requests; it does not make a health check wait. "
ASKED_ELSEWHERE = "It answers, but not with 200: let the balancer ask at /health. What it lacks is time."


@check
def none_is_stopped(world, values):
    """While the release that loads {loads} seconds is rolled out, no task is stopped for being ill."""
    fork, service, _, start = large_release(world, values)
    until(fork, lambda: over(fork, service, start), ROLLS_WITHIN)
    ill = [one for one in events_since(fork, service, start) if ILL in one]
    line = next(iter(ill[-1:]), "")
    expect(
        not ill,
        f"The large release was rolled out: a task was stopped before it was well, {len(ill)} time"
        f"{'' if len(ill) == 1 else 's'}.",
        cloud=line,
        next=ASKED_ELSEWHERE if "these codes" in line else how_long(fork, service, values["loads"]),
    )


@check(after=none_is_stopped)
def it_is_rolled_out(world, values):
    """The large release is in charge in the end, and meanwhile no request fails."""
    fork, service, balancer, start = large_release(world, values)
    large = in_charge(fork, service)
    done = until(fork, lambda: is_rolled_out(fork, service), ROLLS_WITHIN) and in_charge(fork, service) == large
    expect(
        done,
        "The large release was rolled out; 25 minutes later it was not in charge.",
        cloud=latest_event(fork, service),
        next="Read the service's events: what does ECS wait for, or what did it give up?",
    )
    fork.advance(60)
    sent, failed = failed_requests(fork, balancer, start)
    expect(
        sent > 0 and failed == 0,
        f"The large release was rolled out: {failed:.0f} of {sent:.0f} requests failed.",
        cloud=latest_event(fork, service),
        next="Leave minimumHealthyPercent at 100: then ECS stops a good task only once a new one is healthy.",
    )


def large_release(world, values):
    """A fork under load in which the large release has begun: (fork, service, balancer, start)."""
    service = service_behind_a_balancer(world, values, 2)
    large = [one for one in fargate_definitions(world) if one["family"] == f"{values['family']}-large"]
    expect(
        large,
        "There is no large release to try.",
        cloud=f"no task definition {values['family']}-large",
        next="Run the cell that builds it: it makes the image, pushes it, and registers the task definition.",
    )
    fork = world.fork("large release")
    steady(fork, service, 2)
    balancer, start = balancer_of(fork, service), fork.now()
    fork.traffic(balancer["LoadBalancerName"], 5.0, 20.0, ROLLS_WITHIN + 600)
    release_definition(fork, service, large[0]["taskDefinitionArn"])
    return fork, service, balancer, start


def how_long(fork, service, loads):
    """What there is to count: how long the balancer waits, and how long ECS, where a grace period is set."""
    arn, elbv2 = service["loadBalancers"][0]["targetGroupArn"], fork.client("elbv2")
    group = elbv2.describe_target_groups(TargetGroupArns=[arn])["TargetGroups"][0]
    every, grace = f"{group['HealthCheckIntervalSeconds']} s apart", service.get("healthCheckGracePeriodSeconds", 0)
    if grace:
        return (
            f"Count from its start: {loads} s of loading, and one who was ill is well only after "
            f"{group['HealthyThresholdCount']} good answers, {every}. The grace period is {grace} s."
        )
    attributes = elbv2.describe_target_group_attributes(TargetGroupArn=arn)["Attributes"]
    return (
        f"{SPREADS if any(one['Key'] == SLOW and one['Value'] != '0' for one in attributes) else ''}"
        f"The balancer calls it ill after {group['UnhealthyThresholdCount']} bad answers, {every}: that is before the "
        f"{loads} s are over. And ECS believes it at once: the grace period is 0 s. One of the two must wait longer."
    )


def over(fork, service, start):
    """Whether the roll-out has ended in one way or the other."""
    return any(ILL in one for one in events_since(fork, service, start)) or is_rolled_out(fork, service)


def in_charge(fork, service):
    """The task definition that the service wants."""
    of = {"cluster": service["clusterArn"], "services": [service["serviceName"]]}
    return fork.client("ecs").describe_services(**of)["services"][0]["taskDefinition"]
