"""Listeners: the ports of a load balancer and what happens at them by default.

Knows nothing about targets or traffic.
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html
"""

from __future__ import annotations

from typing import Any

from dockyard.cloud.elbv2.actions import completed
from dockyard.cloud.elbv2.health import Health
from dockyard.cloud.elbv2.naming import tags_of
from dockyard.cloud.elbv2.records import invalid, paged
from dockyard.cloud.elbv2.state import Listener
from dockyard.cloud.service import Request, Response, operation
from dockyard.errors import AwsError

#: What AWS chooses for an HTTPS listener that names no policy.
SSL_POLICY = "ELBSecurityPolicy-2016-08"


class Listeners(Health):
    """The operations on listeners."""

    @operation("CreateListener")
    def create_listener(self, request: Request) -> Response:
        """Open a port of a load balancer; the same listener again answers the one there is."""
        balancer = self.balancer(request["LoadBalancerArn"])
        _check_protocol(request.get("Protocol"), request.get("Port"), request.get("Certificates"))
        actions = completed(self, balancer, request["DefaultActions"])
        known = next((one for one in self.listeners_of(balancer.arn) if one.port == request["Port"]), None)
        if known is not None:
            if (known.protocol, known.actions) != (request["Protocol"], actions):
                raise _duplicate(balancer.arn)
            return {"Listeners": [_described(known)]}
        listener = self._new_listener(request, balancer.dimension, actions)
        with self.rerouting():
            self.balancing.listeners[listener.arn] = listener
        self.reconsider()
        return {"Listeners": [_described(listener)]}

    @operation("DescribeListeners")
    def describe_listeners(self, request: Request) -> Response:
        """The listeners of a load balancer, or those asked for by ARN."""
        if request.get("ListenerArns"):
            found = [self.listener(arn) for arn in request["ListenerArns"]]
        elif request.get("LoadBalancerArn"):
            found = self.listeners_of(self.balancer(request["LoadBalancerArn"]).arn)
        else:
            raise invalid("You must specify either listener ARNs or a load balancer ARN")
        return paged([_described(one) for one in found], request, "Listeners")

    @operation("ModifyListener")
    def modify_listener(self, request: Request) -> Response:
        """Change a listener's port, protocol or default actions."""
        listener = self.listener(request["ListenerArn"])
        balancer = self.balancer(listener.load_balancer)
        protocol, port = request.get("Protocol", listener.protocol), request.get("Port", listener.port)
        certificates = request.get("Certificates", listener.certificates)
        _check_protocol(protocol, port, certificates)
        if any(one.port == port for one in self.listeners_of(balancer.arn) if one is not listener):
            raise _duplicate(balancer.arn)
        wanted = request.get("DefaultActions")
        actions = completed(self, balancer, wanted) if wanted else listener.actions
        with self.rerouting():
            listener.protocol, listener.port, listener.actions = protocol, port, actions
            listener.certificates = certificates
        self.reconsider()
        return {"Listeners": [_described(listener)]}

    @operation("DeleteListener")
    def delete_listener(self, request: Request) -> Response:
        """Close a port, and forget its rules."""
        listener = self.listener(request["ListenerArn"])
        with self.rerouting():
            for rule in self.rules_of(listener.arn):
                del self.balancing.rules[rule.arn]
            del self.balancing.listeners[listener.arn]
        self.reconsider()
        return {}

    def _new_listener(self, request: Request, balancer: str, actions: list[dict[str, Any]]) -> Listener:
        number, rule = self.account.identifiers.hex(16), self.account.identifiers.hex(16)
        secure = request["Protocol"] == "HTTPS"
        return Listener(
            arn=self.arn(f"listener/{balancer}/{number}"),
            load_balancer=request["LoadBalancerArn"],
            protocol=request["Protocol"],
            port=request["Port"],
            actions=actions,
            default_rule=self.arn(f"listener-rule/{balancer}/{number}/{rule}"),
            certificates=request.get("Certificates") or [],
            ssl_policy=request.get("SslPolicy", SSL_POLICY) if secure else "",
            tags=tags_of(request),
        )


def _check_protocol(protocol: str | None, port: int | None, certificates: list[dict[str, Any]] | None) -> None:
    if port is None:
        raise invalid("A listener port must be specified")
    if port > 65535:
        raise invalid(f"Listener port '{port}' must be in the range '1-65535' inclusive")
    if protocol is None:
        raise invalid("A listener protocol must be specified")
    if protocol not in ("HTTP", "HTTPS"):
        raise invalid(f"Listener protocol '{protocol}' must be one of 'HTTPS, HTTP'")
    if protocol == "HTTPS" and not certificates:
        raise invalid("A certificate must be specified for HTTPS listeners")


def _duplicate(balancer: str) -> AwsError:
    return AwsError("DuplicateListener", f"A listener already exists on this port for this load balancer '{balancer}'")


def _described(listener: Listener) -> dict[str, Any]:
    described: dict[str, Any] = {
        "ListenerArn": listener.arn,
        "LoadBalancerArn": listener.load_balancer,
        "Port": listener.port,
        "Protocol": listener.protocol,
        "DefaultActions": listener.actions,
    }
    if listener.protocol == "HTTPS":
        described |= {"Certificates": listener.certificates, "SslPolicy": listener.ssl_policy}
    return described
