"""Elastic Load Balancing as one service: its parts put together.

Knows nothing about ECS but that it wants to hear when a target's health changed.
"""

from __future__ import annotations

from dockyard.cloud.elbv2.carried import Carried
from dockyard.cloud.elbv2.listeners import Listeners
from dockyard.cloud.elbv2.load_balancers import LoadBalancers
from dockyard.cloud.elbv2.metrics import Metrics
from dockyard.cloud.elbv2.rules import Rules
from dockyard.cloud.elbv2.tags import Tags
from dockyard.cloud.elbv2.target_groups import TargetGroups
from dockyard.cloud.elbv2.targets import Targets


class ElasticLoadBalancing(LoadBalancers, TargetGroups, Listeners, Rules, Targets, Carried, Metrics, Tags):
    """The load balancers of a region (`elbv2` in boto3)."""
