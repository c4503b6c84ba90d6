"""A service's tasks counted while time passes in a fork: how many live, how many are healthy, how many are new.

Knows nothing about what the counts should be. It reads the records and asks no service: a describe call would let the
fork's time run on until things are steady.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dockyard.grading.finding import Record
from dockyard.grading.world import World

__all__ = ["Counted", "counted", "watched"]


@dataclass(frozen=True, slots=True)
class Counted:
    """A moment: tasks desired, alive (not told to stop), healthy in a target group, and of the newest deployment."""

    at: float
    desired: int
    alive: int
    healthy: int
    newest: int


def watched(
    fork: World, service: Record, seconds: float, every: float, over: Callable[[Counted], bool] = lambda _: False
) -> list[Counted]:
    """Counts of the time that passes now, so many seconds apart, the first of this moment; ends where all is over."""
    seen, end = [counted(fork, service)], fork.now() + seconds
    while fork.now() < end and not over(seen[-1]):
        fork.advance(every)
        seen.append(counted(fork, service))
    return seen


def counted(world: World, service: Record) -> Counted:
    """The counts at this moment."""
    ecs = world.records("ecs")
    cluster, name = service["clusterArn"].rpartition("/")[2], service["serviceName"]
    kept = ecs["services"][f"{cluster}/{name}"]
    primary = next(one["id"] for one in kept["deployments"] if one["status"] == "PRIMARY")
    alive = [
        one
        for one in ecs["tasks"].values()
        if one["service"] == name and one["cluster"] == cluster and one["desired_status"] == "RUNNING"
    ]
    sound = _healthy(world.records("elbv2"), service)
    mine = [one for one in alive if one["address"] in sound]
    newest = sum(one["deployment"] == primary for one in mine)
    return Counted(world.now(), kept["desired"], len(alive), len(mine), newest)


def _healthy(balancing: dict[str, Any], service: Record) -> set[str]:
    """The addresses that are healthy in the service's target groups."""
    groups = balancing["groups"]
    own = [groups[one["targetGroupArn"]] for one in service.get("loadBalancers", []) if "targetGroupArn" in one]
    return {
        target["id"] for group in own for target in group["targets"].values() if target["health"]["state"] == "healthy"
    }
