"""The whole of CloudWatch in one region.

Knows nothing about who measures and who acts on an alarm.
"""

from __future__ import annotations

from dockyard.cloud.cloudwatch.base import CloudWatchRecords


class CloudWatch(CloudWatchRecords):
    """CloudWatch: metrics and alarms."""
