"""Capacity providers of Fargate: which strategies a cluster takes, and which provider the next task gets.

Knows nothing about tasks; Spot capacity is never taken back here.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html
"""

from __future__ import annotations

from typing import Any

from dockyard.cloud.ecs.base import invalid

PROVIDERS = ("FARGATE", "FARGATE_SPOT")
Strategy = list[dict[str, Any]]


def check_known(names: list[str]) -> None:
    """Refuse a capacity provider that nobody made."""
    for name in names:
        if name not in PROVIDERS:
            raise invalid(
                f"The specified capacity provider '{name}' was not found. Specify a valid name or ARN and try again."
            )


def check_strategy(strategy: Strategy, associated: list[str]) -> None:
    """Refuse a strategy with a provider that is unknown or not associated with the cluster."""
    names = [one["capacityProvider"] for one in strategy]
    check_known(names)
    if not set(names) <= set(associated):
        raise invalid(
            "The specified capacity provider strategy cannot contain a capacity provider that is not associated with "
            "the cluster. Associate the capacity provider with the cluster and try again."
        )


def settle(request: dict[str, Any], associated: list[str], default: Strategy) -> None:
    """Leave a request with either a launchType or a capacityProviderStrategy; the cluster's default, else EC2."""
    if not request.get("launchType") and not request.get("capacityProviderStrategy"):
        request |= {"capacityProviderStrategy": default} if default else {"launchType": "EC2"}
    strategy = request.get("capacityProviderStrategy") or []
    if request.get("launchType") and strategy:
        raise invalid("Specifying both a launch type and capacity provider strategy is not supported")
    check_strategy(strategy, associated)


def chosen(strategy: Strategy, taken: list[str]) -> str:
    """The provider of the next task: bases are filled first, then weights decide; "" without a strategy."""
    for one in strategy:
        if taken.count(one["capacityProvider"]) < one.get("base", 0):
            return str(one["capacityProvider"])
    # AWS: a weight left out is 0, and a strategy whose only provider has none still uses it
    weighted = [one for one in strategy if one.get("weight")] or strategy[:1]
    surplus = {
        one["capacityProvider"]: (taken.count(one["capacityProvider"]) - one.get("base", 0) + 1)
        / (one.get("weight") or 1)
        for one in weighted
    }
    return min(surplus, key=lambda name: surplus[name], default="")
