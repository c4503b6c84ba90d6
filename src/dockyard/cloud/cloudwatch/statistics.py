"""Statistics of metrics over a window of time.

Knows nothing about who measured, and about metric math and percentiles, which are refused with a sentence.
"""

from __future__ import annotations

import math
import re

from dockyard.cloud.clock import MINUTE
from dockyard.cloud.cloudwatch.base import (
    CloudWatchRecords,
    dimensions_of,
    invalid,
    invalid_combination,
    invalid_value,
)
from dockyard.cloud.cloudwatch.state import Bucket, metric_key
from dockyard.cloud.service import Request, Response, operation
from dockyard.errors import AwsError

STATISTICS = ("Average", "Sum", "Minimum", "Maximum", "SampleCount")
#: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html
MOST_DATAPOINTS = 1440
QUERY_ID = re.compile(r"[a-z][a-zA-Z0-9_]*")


class Statistics(CloudWatchRecords):
    """The operations that read metrics."""

    @operation("GetMetricStatistics")
    def get_metric_statistics(self, request: Request) -> Response:
        """Statistics by period, oldest first; periods begin at `StartTime` rounded down to its minute.

        Refuses more than 1440 datapoints with InvalidParameterCombination.
        """
        start, end, period = request["StartTime"], request["EndTime"], request["Period"]
        self._check_window(start, end, period)
        statistics = self._statistics(request)
        key = metric_key(request["Namespace"], request["MetricName"], dimensions_of(request))
        series = self.series_of(key, request.get("Unit", ""))
        found = series.buckets(start // MINUTE * MINUTE, end, period) if series else []
        unit = series.unit if series else "None"
        return {
            "Label": request["MetricName"],
            "Datapoints": [
                {"Timestamp": one.start, "Unit": unit, **{name: one.value(name) for name in statistics}}
                for one in found
            ],
        }

    def _check_window(self, start: float, end: float, period: int) -> None:
        if start >= end:
            raise invalid_combination("The parameter StartTime must be less than the parameter EndTime.")
        if period % 60:
            raise invalid_value("The parameter Period must be a multiple of 60.")
        wanted = math.ceil((end - start) / period)
        if wanted > MOST_DATAPOINTS:
            raise invalid_combination(
                f"You have requested up to {wanted} datapoints, which exceeds the limit of {MOST_DATAPOINTS}. "
                "You may reduce the datapoints requested by increasing Period, or decreasing the time range."
            )

    def _statistics(self, request: Request) -> list[str]:
        if request.get("ExtendedStatistics"):
            raise invalid_value(
                "Dockyard does not simulate percentiles (ExtendedStatistics) yet: "
                f"ask for Statistics out of {', '.join(STATISTICS)}."
            )
        statistics: list[str] = request.get("Statistics", [])
        if not statistics:
            raise AwsError("MissingParameter", "The request must contain the parameter Statistics.")
        return statistics

    @operation("GetMetricData")
    def get_metric_data(self, request: Request) -> Response:
        """Values of each query, newest first unless `ScanBy` says otherwise; all on one page."""
        if request["StartTime"] >= request["EndTime"]:
            raise invalid("The parameter StartTime must be less than the parameter EndTime.")
        queries = request["MetricDataQueries"]
        ids = [one["Id"] for one in queries]
        if len(set(ids)) < len(ids):
            raise invalid("The values for parameter Id in MetricDataQueries are not unique.")
        for number, one in enumerate(ids, 1):
            if not QUERY_ID.fullmatch(one):
                raise invalid(
                    f"The value {one} for parameter MetricDataQueries.member.{number}.Id is not matching "
                    "the expected pattern ^[a-z][a-zA-Z0-9_]*$."
                )
        results = [self._query(one, request) for one in queries]
        shown = [result for result, one in zip(results, queries, strict=True) if one.get("ReturnData", True)]
        return {"MetricDataResults": shown, "Messages": []}

    def _query(self, query: Request, request: Request) -> Response:
        asked = query.get("MetricStat")
        if asked is None:
            raise invalid(
                "Dockyard does not simulate metric math (Expression) yet: give each query a MetricStat of one metric."
            )
        period, statistic, metric = asked["Period"], asked["Stat"], asked["Metric"]
        if statistic not in STATISTICS:
            raise invalid(
                f"Dockyard does not simulate the statistic {statistic} yet: use one of {', '.join(STATISTICS)}."
            )
        if period % 60:
            raise invalid("The parameter Period must be a multiple of 60.")
        found = self._found(metric, asked.get("Unit", ""), request, period)
        if request.get("ScanBy") != "TimestampAscending":
            found.reverse()
        return {
            "Id": query["Id"],
            "Label": query.get("Label", metric.get("MetricName", "")),
            "Timestamps": [one.start for one in found],
            "Values": [one.value(statistic) for one in found],
            "StatusCode": "Complete",
        }

    def _found(self, metric: Request, unit: str, request: Request, period: int) -> list[Bucket]:
        key = metric_key(metric.get("Namespace", ""), metric.get("MetricName", ""), dimensions_of(metric))
        series = self.series_of(key, unit)
        return series.buckets(request["StartTime"] // period * period, request["EndTime"], period) if series else []
