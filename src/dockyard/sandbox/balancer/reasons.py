"""Why a request cannot be served, in a sentence that says what to do next, and with which status AWS answers it.

Knows nothing about sockets. Where AWS would let a client wait until it gives up, it is answered at once, and told.
"""

from __future__ import annotations

from dockyard.cloud.elbv2.entrance import Entrance, Pool, Spot
from dockyard.cloud.network import INTERNET
from dockyard.sandbox.balancer.exchange import IdleError
from dockyard.sandbox.balancer.incoming import Incoming
from dockyard.sandbox.balancer.upstream import BrokenError, NobodyError

#: A status, and a sentence.
Refusal = tuple[int, str]


def unknown(name: str, names: list[str]) -> str:
    """There is no such load balancer."""
    there = f"There are: {', '.join(names)}." if names else "This account has none."
    return f"No load balancer is called {name[:100] or 'that'}. {there} On AWS its name would not resolve."


def shut(entrance: Entrance) -> Refusal:
    """Nobody gets in."""
    name, port, groups = entrance.name, entrance.port, ", ".join(entrance.security_groups)
    ports = ", ".join(map(str, entrance.open_ports)) or "none"
    sentences = {
        "provisioning": (503, f"{name} is being provisioned. Wait until its state is active, some two minutes."),
        "internal": (504, f"{name} is internal: only its VPC reaches it. On AWS you would wait until you time out."),
        "route": (
            504,
            f"No subnet of {name} has a route to an internet gateway, so on AWS you would wait until you time out. "
            "Add the route 0.0.0.0/0 to an internet gateway to its subnets' route tables.",
        ),
        "group": (
            504,
            f"The security groups of {name} ({groups}) let nobody from the internet ({INTERNET}) in at port {port}, so "
            "on AWS you would wait until you time out. Authorize TCP ingress at that port.",
        ),
        "port": (
            503,
            f"{name} has no listener at port {port} (it listens at: {ports}), so AWS would refuse the connection. "
            "Create a listener there, or ask at another port.",
        ),
    }
    return sentences[entrance.shut]


def refused(incoming: Incoming, entrance: Entrance) -> Refusal | None:
    """What the load balancer itself refuses, None where it takes the request."""
    if incoming.method == "TRACE":
        return 405, "An Application Load Balancer does not carry TRACE."
    secure = entrance.listener is not None and entrance.listener.protocol == "HTTPS"
    if secure and not incoming.by_door:
        door = f"/_alb/{entrance.name}:{entrance.port}/"
        return 400, f"Plain HTTP was sent to an HTTPS port. Dockyard terminates no TLS: ask by {door} instead."
    if incoming.wants_upgrade and b"websocket" in incoming.first(b"upgrade").lower():
        return 501, "Dockyard's load balancer carries no WebSocket. On AWS it would: poll, or stream over plain HTTP."
    return None


def no_target(entrance: Entrance, pool: Pool | None) -> str:
    """There is nobody to send it to."""
    if pool is None:
        return f"Every target group of this rule of {entrance.name} has the weight 0. Give one a weight above it."
    if pool.kind == "lambda":
        return f"Target group {pool.name} forwards to a function, which Dockyard's load balancer does not call."
    return (
        f"Target group {pool.name} has no registered targets that could take requests. Look at the service's events "
        "and at DescribeTargetHealth: are tasks running, and registered?"
    )


def no_way(entrance: Entrance, pool: Pool, spot: Spot) -> Refusal | None:
    """What stands between the load balancer and a target, None where nothing does."""
    if not spot.reachable:
        groups = ", ".join(entrance.security_groups)
        return 504, (
            f"No connection gets from {entrance.name} to {spot.address}:{spot.port}: on AWS this answer comes after "
            f"10 s. The target's security group must let in port {spot.port} from the load balancer's ({groups})."
        )
    if pool.protocol == "HTTPS" or pool.version != "HTTP1":
        spoken = "HTTPS" if pool.protocol == "HTTPS" else pool.version
        return 502, f"Target group {pool.name} speaks {spoken}; Dockyard's load balancer speaks plain HTTP/1.1 only."
    return None


def failed(error: Exception, spot: Spot, pool: Pool, idle: float) -> tuple[int, str, bool]:
    """Status and sentence where a target gave no answer, and whether it would be so on AWS."""
    where = f"{spot.address}:{spot.port} of target group {pool.name}"
    if isinstance(error, NobodyError) and spot.listens:
        return 503, (
            f"The task at {where} is modelled: no process stands behind it that could answer. Start the sandbox with "
            "--runtime process for real containers, or offer it load with lab.traffic(...) and watch its metrics."
        ), False  # fmt: skip
    if isinstance(error, IdleError):
        if error.asking:
            return 408, f"The request's body did not come to its end within the idle time-out of {idle:g} s.", True
        return 504, (
            f"The target {where} did not begin to answer within the idle time-out of {idle:g} s "
            "(idle_timeout.timeout_seconds). Make it quicker, or raise the attribute."
        ), True  # fmt: skip
    if isinstance(error, TimeoutError):
        return 504, f"The target {where} did not take the connection within 10 s.", True
    if isinstance(error, BrokenError):
        return 502, f"The target {where} failed: {error}. Look at the task's log.", True
    return 502, (
        f"The target {where} refused the connection: nothing listens there. Does the server listen at 0.0.0.0, and at "
        "the container port of the task definition?"
    ), True  # fmt: skip
