"""One health check: is the target in use, can the load balancer reach it, does it listen, does it answer as it should.

Knows nothing about time or counting: who calls decides what a result means.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
"""

from __future__ import annotations

from dockyard.cloud.elbv2.records import BalancingRecords
from dockyard.cloud.elbv2.state import LoadBalancer, Target, TargetGroup, TargetHealth
from dockyard.cloud.network import NO_ANSWER, reaches

REGISTERING = TargetHealth("initial", "Elb.RegistrationInProgress", "Target registration is in progress")
CHECKING = TargetHealth("initial", "Elb.InitialHealthChecking", "Initial health checks in progress")
HEALTHY = TargetHealth("healthy")
TIMEOUT = TargetHealth("unhealthy", "Target.Timeout", "Request timed out")
REFUSED = TargetHealth("unhealthy", "Target.FailedHealthChecks", "Health checks failed")
DRAINING = TargetHealth("draining", "Target.DeregistrationInProgress", "Target deregistration is in progress")
DISABLED = TargetHealth("unavailable", "Target.HealthCheckDisabled", "Health checks are disabled")
NOT_REGISTERED = TargetHealth("unused", "Target.NotRegistered", "Target is not registered to the target group")
NOT_CONFIGURED = TargetHealth(
    "unused", "Target.NotInUse", "Target group is not configured to receive traffic from the load balancer"
)
ZONE_NOT_ENABLED = TargetHealth(
    "unused",
    "Target.NotInUse",
    "Target is in an Availability Zone that is not enabled for the load balancer",
)


def why_unused(records: BalancingRecords, balancer: LoadBalancer | None, target: Target) -> TargetHealth | None:
    """Why no load balancer sends anything to the target, None when one would."""
    if balancer is None:
        return NOT_CONFIGURED
    interface = records.network.at(target.id)
    if interface is not None and interface.zone not in {node.zone for node in balancer.nodes}:
        return ZONE_NOT_ENABLED
    return None


def check(records: BalancingRecords, balancer: LoadBalancer, group: TargetGroup, target: Target) -> TargetHealth:
    """What a health check finds now: HEALTHY, or unhealthy with AWS's reason."""
    port = target.port if group.health_port == "traffic-port" else int(group.health_port)
    if not reachable(records, balancer, target, port):
        return TIMEOUT
    endpoint = records.network.endpoints.get(target.id)
    if endpoint is None or port not in endpoint.ports:
        return REFUSED
    code = endpoint.answer(group.health_path)
    if code == NO_ANSWER:
        return TIMEOUT
    if not code_matches(group.health_codes, code):
        failed = f"Health checks failed with these codes: [{code}]"
        return TargetHealth("unhealthy", "Target.ResponseCodeMismatch", failed)
    return HEALTHY


def reachable(records: BalancingRecords, balancer: LoadBalancer, target: Target, port: int) -> bool:
    """Whether a connection from the load balancer gets to the target's address (with nobody there it times out)."""
    there = records.network.at(target.id)
    if there is None:
        return False
    node = next((one for one in balancer.nodes if one.zone == there.zone), balancer.nodes[0])
    here = records.network.interfaces[node.interface]
    return reaches(records.neighbours, records.region, here, there, port)


def code_matches(codes: str, code: int) -> bool:
    """Whether an HTTP status is among `codes`, written as AWS's matcher: `200`, `200,202`, `200-299`."""
    for part in codes.split(","):
        low, _, high = part.partition("-")
        if int(low) <= code <= int(high or low):
            return True
    return False
