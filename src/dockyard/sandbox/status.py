"""What an account holds and costs at the moment, counted.

Knows nothing about clocks, ports or who asks.
"""

from __future__ import annotations

from typing import Any

from dockyard.sandbox.worlds import World


def status(world: World) -> dict[str, Any]:
    """`account`, `exists` (counts over all regions), `dollars` so far and `dollars_per_hour` right now (estimates)."""
    account = world.account
    ecs, elbv2, ecr = ([kept[name] for kept in account.regions.values() if name in kept] for name in _SERVICES)
    clusters = [one for records in ecs for one in records.clusters.values()]
    services = [one for records in ecs for one in records.services.values()]
    tasks = [one for records in ecs for one in records.tasks.values()]
    return {
        "account": account.id,
        "exists": {
            "clusters": sum(one.status == "ACTIVE" for one in clusters),
            "services": sum(one.status == "ACTIVE" for one in services),
            "tasks_running": sum(one.last_status == "RUNNING" for one in tasks),
            "load_balancers": sum(len(records.balancers) for records in elbv2),
            "repositories": sum(len(records.repositories) for records in ecr),
        },
        "dollars": sum(item.dollars for item in world.cloud.bill()),
        "dollars_per_hour": world.cloud.dollars_per_hour(),
    }


_SERVICES = ("ecs", "elbv2", "ecr")
