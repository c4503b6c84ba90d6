"""The whole of CloudWatch in one region.

Knows nothing about who measures and who acts on an alarm.
"""

from __future__ import annotations

from dockyard.cloud.cloudwatch.alarms import Alarms
from dockyard.cloud.cloudwatch.history import History
from dockyard.cloud.cloudwatch.metrics import Metrics
from dockyard.cloud.cloudwatch.statistics import Statistics


class CloudWatch(Metrics, Statistics, Alarms, History):
    """CloudWatch: `put` for services that measure, `reading` for what scales, and the API."""
