"""A task definition's container as the runtime wants one: command, environment, limits, health check.

Knows nothing about tasks or accounts: secrets' values and what else a container's environment needs are handed in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dockyard.runtime.wanted import HealthCheck, Wanted

MEBIBYTE = 1024 * 1024
#: A definition's defaults, in seconds and tries.
#: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
INTERVAL, TIMEOUT, RETRIES = 30.0, 5.0, 3
#: ECS does not look at an image's own health check.
NO_CHECK = HealthCheck(("NONE",))


def wanted(container: dict[str, Any], image: str, environment: Mapping[str, str], memory: int, **more: Any) -> Wanted:
    """A container of a definition. `environment` beside its own, `memory` in MiB; `more`: further members of Wanted."""
    own = {one["name"]: one.get("value", "") for one in container.get("environment", [])}
    entrypoint, command = container.get("entryPoint"), container.get("command")
    return Wanted(
        image,
        command=tuple(command) if command else None,
        entrypoint=tuple(entrypoint) if entrypoint else None,
        environment={**environment, **own},
        user=container.get("user", ""),
        working_folder=container.get("workingDirectory", ""),
        memory=memory * MEBIBYTE,
        **{"health": NO_CHECK, **more},
    )


def health_check(container: dict[str, Any], speed: float) -> HealthCheck:
    """The definition's check; simulated seconds between two probes become real ones, a probe's time-out stays real."""
    said = container.get("healthCheck") or {}
    test = tuple(said.get("command") or ())
    if not test or test == ("NONE",):
        return NO_CHECK
    if test[0] not in ("CMD", "CMD-SHELL"):
        test = ("CMD-SHELL", *test) if len(test) == 1 else ("CMD", *test)
    return HealthCheck(
        test,
        interval=max(float(said.get("interval") or INTERVAL) / speed, 0.25),
        timeout=float(said.get("timeout") or TIMEOUT),
        start_period=float(said.get("startPeriod") or 0) / speed,
        retries=int(said.get("retries") or RETRIES),
    )
