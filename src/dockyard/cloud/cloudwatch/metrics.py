"""Metrics: measured by a client, and listed.

Knows nothing about alarms.
"""

from __future__ import annotations

import math

from dockyard.cloud.clock import HOUR, MINUTE
from dockyard.cloud.cloudwatch.base import (
    CloudWatchRecords,
    dimensions_of,
    invalid_combination,
    invalid_value,
    stale_token,
)
from dockyard.cloud.cloudwatch.state import Series
from dockyard.cloud.pages import page, with_token
from dockyard.cloud.service import Request, Response, operation
from dockyard.errors import AwsError

PAGE = 500
#: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html
OLDEST = 14 * 24 * HOUR
NEWEST = 2 * HOUR
#: `RecentlyActive` knows this one value.
RECENT = 3 * HOUR


class Metrics(CloudWatchRecords):
    """The operations that write and list metrics."""

    @operation("PutMetricData")
    def put_metric_data(self, request: Request) -> Response:
        """Add samples: a value, many values with counts, or a set of statistics. Refuses all when one is wrong."""
        namespace = request["Namespace"]
        if namespace.startswith((":", "AWS/")):
            raise invalid_value(f"The value {namespace} for parameter Namespace is invalid.")
        data = [*request.get("MetricData", ())]
        for entity in request.get("EntityMetricData", ()):
            data += entity.get("MetricData", ())
        if not data:
            raise AwsError("MissingParameter", "The parameter MetricData is required.")
        samples = [self._samples(datum, f"MetricData.member.{number}") for number, datum in enumerate(data, 1)]
        for datum, (total, count, minimum, maximum) in zip(data, samples, strict=True):
            self.put(
                namespace,
                datum["MetricName"],
                dimensions_of(datum),
                total,
                count,
                minimum,
                maximum,
                datum.get("Unit", "None"),
                datum.get("Timestamp"),
            )
        return {}

    def _samples(self, datum: Request, where: str) -> tuple[float, float, float, float]:
        """Sum, number, minimum and maximum of what a datum says."""
        moment = datum.get("Timestamp", self.now)
        if not self.now - OLDEST <= moment <= self.now + NEWEST:
            raise invalid_value(
                f"The parameter {where}.Timestamp must specify a time within the past two weeks "
                "and not more than two hours in the future."
            )
        given = [one for one in ("Value", "Values", "StatisticValues") if one in datum]
        if len(given) > 1:
            raise invalid_combination(
                f"The parameters {where}.{given[0]} and {where}.{given[1]} are mutually exclusive "
                "and you have specified both."
            )
        if not given:
            raise AwsError("MissingParameter", f"The parameter {where}.Value is required.")
        if given == ["StatisticValues"]:
            one = datum["StatisticValues"]
            numbers = (one["Sum"], one["SampleCount"], one["Minimum"], one["Maximum"])
        else:
            numbers = _sum(datum, where)
        if not all(map(math.isfinite, numbers)):
            raise invalid_value(f"The value NaN for parameter {where}.{given[0]} is invalid.")
        return numbers

    @operation("ListMetrics")
    def list_metrics(self, request: Request) -> Response:
        """The metrics that have these dimensions (and maybe more), in pages of 500."""
        namespace, name = request.get("Namespace"), request.get("MetricName")
        filters = [(one["Name"], one.get("Value")) for one in request.get("Dimensions", ())]
        since = self.now - RECENT if "RecentlyActive" in request else -math.inf
        found = [
            self.kept.series[key]
            for key in sorted(self.kept.series)
            if namespace in (None, key[0]) and name in (None, key[1])
        ]
        found = [one for one in found if _has(one, filters) and one.minutes[-1] >= since - MINUTE]
        part, rest = page(found, request.get("NextToken"), PAGE, stale_token())
        return with_token({"Metrics": [metric_shape(one) for one in part]}, "NextToken", rest)


def metric_shape(series: Series) -> Response:
    """A metric as the API shows it."""
    dimensions = [{"Name": name, "Value": value} for name, value in series.dimensions]
    return {"Namespace": series.namespace, "MetricName": series.name, "Dimensions": dimensions}


def _sum(datum: Request, where: str) -> tuple[float, float, float, float]:
    values = datum.get("Values", [datum.get("Value")])
    counts = datum.get("Counts", [1.0] * len(values))
    if not values or len(counts) != len(values):
        raise invalid_value(f"The parameters {where}.Values and {where}.Counts must be of the same size.")
    total = sum(value * count for value, count in zip(values, counts, strict=True))
    return total, sum(counts), min(values), max(values)


def _has(series: Series, filters: list[tuple[str, str | None]]) -> bool:
    dimensions = dict(series.dimensions)
    return all(name in dimensions and value in (None, dimensions[name]) for name, value in filters)
