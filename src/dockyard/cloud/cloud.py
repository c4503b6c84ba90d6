"""The whole simulated cloud: a simulation with all of its services, in the order in which a minute visits them.

Knows nothing about any service but its class: first what measures, then what judges, then what scales.
"""

from __future__ import annotations

from typing import ClassVar

from dockyard.cloud.autoscaling.service import ApplicationAutoScaling
from dockyard.cloud.cloudwatch.service import CloudWatch
from dockyard.cloud.ecr.service import Ecr
from dockyard.cloud.ecs.service import Ecs
from dockyard.cloud.elbv2.service import ElasticLoadBalancing
from dockyard.cloud.logs.service import Logs
from dockyard.cloud.service import Service
from dockyard.cloud.simulation import Simulation


class Cloud(Simulation):
    """A world with every simulated service."""

    kinds: ClassVar[dict[str, type[Service]]] = {
        kind.name: kind for kind in (ElasticLoadBalancing, Ecs, Ecr, Logs, CloudWatch, ApplicationAutoScaling)
    }
