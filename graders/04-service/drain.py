"""Step 12: may a long request end, and a release, too? One is rolled out in a fork while reports are written."""

from dockyard.grading import check, expect
from dockyard.grading.experiments import balancer_of, failed_requests, until
from dockyard.grading.serving import is_rolled_out, release, service_behind_a_balancer, steady

ROLLS_WITHIN, EACH = 30 * 60, 0.5
DELAY, IDLE = "deregistration_delay.timeout_seconds", "idle_timeout.timeout_seconds"

#: For how long a balancer keeps a silent connection unless it is told otherwise, and what that has to do with releases.
USUAL_IDLE = "60"
KEPT_IDLE = f"{IDLE} is how long a silent connection is kept. "


@check
def no_report_is_lost(world, values):
    """While a release is rolled out, every report of {report} seconds is delivered."""
    fork, service, balancer, start = rolling(world, values)
    until(fork, lambda: is_rolled_out(fork, service), ROLLS_WITHIN)
    fork.traffic(balancer["LoadBalancerName"], 0.0, 0.0, 1)
    fork.advance(60 + float(values["report"]))
    sent, failed = failed_requests(fork, balancer, start)
    lost = f"{min(failed, sent):.0f} of {sent:.0f} reports were lost"
    idle = idle_timeout_of(fork, balancer)
    expect(
        float(idle) >= float(values["report"]),
        f"The balancer hangs up on a connection that is silent for {idle} s, release or not: {lost}.",
        cloud=f"{IDLE} {idle} (a report takes {values['report']} s)",
        next=f"Let it wait longer than {values['report']} s: elbv2.modify_load_balancer_attributes(…); 60 is usual.",
    )
    expect(
        sent > 0 and failed == 0,
        f"A release was rolled out: {lost} on the way.",
        cloud=f"{DELAY} {delay_of(fork, service)} (a report takes {values['report']} s)",
        next=("" if idle == USUAL_IDLE else KEPT_IDLE)
        + "A task that leaves may finish what it began for as long as the target group's deregistration delay says.",
    )


@check(after=no_report_is_lost)
def it_is_over_in_time(world, values):
    """The release is over within {over} seconds."""
    fork, service, _, start = rolling(world, values)
    done = until(fork, lambda: is_rolled_out(fork, service), ROLLS_WITHIN)
    took = fork.now() - start
    expect(
        done and took <= float(values["over"]),
        f"No report was lost, but the release took {took:.0f} s; {values['over']} s are allowed.",
        cloud=f"{DELAY} {delay_of(fork, service)}",
        next="A release ends when the last old task has gone, and it stays for the whole delay: shorten it, but not "
        f"below {values['report']} s.",
    )


def rolling(world, values):
    """A fork in which reports are asked for and a release has begun: (fork, service, balancer, its moment)."""
    service = service_behind_a_balancer(world, values, 2)
    fork = world.fork("long requests")
    steady(fork, service, 2)
    balancer = balancer_of(fork, service)
    fork.traffic(balancer["LoadBalancerName"], EACH, 20.0, 2 * ROLLS_WITHIN, lasts=float(values["report"]))
    fork.advance(60)
    start = fork.now()
    release(fork, service, environment=[{"name": "RELEASE", "value": "with reports"}])
    return fork, service, balancer, start


def delay_of(fork, service):
    """The deregistration delay of the service's target group, in seconds."""
    arn = service["loadBalancers"][0]["targetGroupArn"]
    attributes = fork.client("elbv2").describe_target_group_attributes(TargetGroupArn=arn)["Attributes"]
    return next(one["Value"] for one in attributes if one["Key"] == DELAY)


def idle_timeout_of(fork, balancer):
    """For how many seconds a connection may be silent until the balancer hangs up."""
    arn = balancer["LoadBalancerArn"]
    attributes = fork.client("elbv2").describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
    return next(one["Value"] for one in attributes if one["Key"] == IDLE)
