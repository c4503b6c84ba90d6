"""Step 10: what does a bad release do? One whose image does not exist is rolled out in a fork, under load."""

from dockyard.grading import check, expect
from dockyard.grading.counting import watched
from dockyard.grading.experiments import balancer_of, failed_requests, until
from dockyard.grading.finding import latest_refusal
from dockyard.grading.serving import latest_event, release_tag, service_behind_a_balancer, steady

NO_SUCH_TAG = "this-release-was-never-pushed"
GIVES_UP_WITHIN = 30 * 60
MOST, LOOK = 3, 10


@check
def the_good_one_serves(world, values):
    """While a release whose image does not exist is rolled out, the good one answers every request."""
    fork, service, balancer, start = bad_release(world, values)
    fork.advance(15 * 60)
    sent, failed = failed_requests(fork, balancer, start)
    expect(
        sent > 0 and failed == 0,
        f"A release with a missing image was rolled out: {failed:.0f} of {sent:.0f} requests failed.",
        cloud=latest_event(fork, service),
        next="Leave minimumHealthyPercent at 100: then ECS stops a good task only once a new one is healthy.",
    )


@check(after=the_good_one_serves)
def the_bounds_still_hold(world, values):
    """Meanwhile there are never more than three tasks at work: step 9's bounds still hold."""
    fork, service, _, _ = bad_release(world, values)
    most = max(one.alive for one in watched(fork, service, 3 * 60, LOOK))
    told = service["deploymentConfiguration"]
    expect(
        most <= MOST,
        f"While the bad release was rolled out, there were up to {most} tasks at once: the bounds of step 9 are gone.",
        cloud=f"minimumHealthyPercent {told['minimumHealthyPercent']}, maximumPercent {told['maximumPercent']}",
        next="Give both percentages again, beside the deploymentCircuitBreaker: what is left out is as usual again.",
    )


@check(after=the_good_one_serves)
def it_is_rolled_back(world, values):
    """Within half an hour ECS gives the bad release up by itself, and the good one is in charge again."""
    fork, service, _, _ = bad_release(world, values)
    good = service["taskDefinition"]
    gone = until(fork, lambda: in_charge(fork, service)["taskDefinition"] == good, GIVES_UP_WITHIN, 60)
    state = in_charge(fork, service)["rolloutState"]
    expect(
        gone or state != "FAILED",
        "ECS gave the bad release up, but nothing was rolled back: the next task that dies is not replaced.",
        cloud=rollout_line(fork, service),
        next='The breaker has a second switch: "rollback": True.',
    )
    expect(
        gone,
        "Half an hour later ECS was still trying to start the bad release.",
        cloud=latest_refusal(world, ("ecs", "UpdateService")) or rollout_line(fork, service),
        next='Switch the breaker on: deploymentConfiguration={…, "deploymentCircuitBreaker": {…}}.',
    )


def bad_release(world, values):
    """A fork under load in which the bad release has begun: (fork, service, balancer, start)."""
    service = service_behind_a_balancer(world, values, 2)
    fork = world.fork("bad release")
    steady(fork, service, 2)
    balancer = balancer_of(fork, service)
    start = fork.now()
    fork.traffic(balancer["LoadBalancerName"], 5.0, 20.0, GIVES_UP_WITHIN + 600)
    fork.advance(60)
    release_tag(fork, service, NO_SUCH_TAG)
    return fork, service, balancer, start


def in_charge(fork, service):
    """The service's primary deployment."""
    ecs = fork.client("ecs")
    (now,) = ecs.describe_services(cluster=service["clusterArn"], services=[service["serviceName"]])["services"]
    return next(one for one in now["deployments"] if one["status"] == "PRIMARY")


def rollout_line(fork, service):
    """What the primary deployment says about itself."""
    now = in_charge(fork, service)
    return f"{now['rolloutState']}: {now.get('rolloutStateReason', '')} ({latest_event(fork, service)})"
