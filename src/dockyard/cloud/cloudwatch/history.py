"""The history of alarms, newest first.

Knows nothing about why an alarm changed: the items say it.
"""

from __future__ import annotations

import math

from dockyard.cloud.cloudwatch.base import CloudWatchRecords, stale_token
from dockyard.cloud.cloudwatch.state import HistoryItem
from dockyard.cloud.pages import page, with_token
from dockyard.cloud.service import Request, Response, operation

PAGE = 100


class History(CloudWatchRecords):
    """What happened to alarms."""

    @operation("DescribeAlarmHistory")
    def describe_alarm_history(self, request: Request) -> Response:
        """The items of one alarm or of all, also of deleted ones, in pages of 100 unless told."""
        name, kind = request.get("AlarmName"), request.get("HistoryItemType")
        start, end = request.get("StartDate", -math.inf), request.get("EndDate", math.inf)
        found = [
            one
            for one in self.kept.history
            if name in (None, one.alarm) and kind in (None, one.kind) and start <= one.at <= end
        ]
        if request.get("ScanBy") != "TimestampAscending":
            found.reverse()
        part, rest = page(found, request.get("NextToken"), request.get("MaxRecords", PAGE), stale_token())
        return with_token({"AlarmHistoryItems": [_shape(one) for one in part]}, "NextToken", rest)


def _shape(item: HistoryItem) -> Response:
    return {
        "AlarmName": item.alarm,
        "AlarmType": "MetricAlarm",
        "Timestamp": item.at,
        "HistoryItemType": item.kind,
        "HistorySummary": item.summary,
        "HistoryData": item.data,
    }
