"""What every part of CloudWatch starts from: its records, and `put`, by which the other services measure.

Knows nothing about statistics and alarms.
"""

from __future__ import annotations

from dockyard.cloud.cloudwatch.state import CloudWatchState, MetricKey, Series, metric_key
from dockyard.cloud.service import Request, Service
from dockyard.errors import AwsError


def invalid(message: str) -> AwsError:
    """CloudWatch's ValidationError."""
    return AwsError("ValidationError", message)


def invalid_value(message: str) -> AwsError:
    """CloudWatch's InvalidParameterValue."""
    return AwsError("InvalidParameterValue", message)


def invalid_combination(message: str) -> AwsError:
    """CloudWatch's InvalidParameterCombination."""
    return AwsError("InvalidParameterCombination", message)


def stale_token() -> AwsError:
    """CloudWatch's InvalidNextToken."""
    return AwsError("InvalidNextToken", "The specified NextToken is invalid.")


def dimensions_of(request: Request) -> dict[str, str]:
    """A request's `Dimensions` as a mapping."""
    return {one["Name"]: one["Value"] for one in request.get("Dimensions", ())}


class CloudWatchRecords(Service):
    """CloudWatch's records in one region."""

    name = "cloudwatch"
    prefix = "cloudwatch"
    state_type = CloudWatchState

    @property
    def kept(self) -> CloudWatchState:
        """The records of this region."""
        records: CloudWatchState = self.records
        return records

    def series_of(self, key: MetricKey, unit: str = "") -> Series | None:
        """The metric's series; None when there is none, or none in the unit asked for."""
        series = self.kept.series.get(key)
        return None if series is None or (unit and series.unit != unit) else series

    def put(
        self,
        namespace: str,
        name: str,
        dimensions: dict[str, str],
        total: float,
        count: float = 1,
        minimum: float | None = None,
        maximum: float | None = None,
        unit: str = "None",
        at: float | None = None,
    ) -> None:
        """Add `count` samples that sum up to `total` to the minute that holds `at` (now unless told).

        Minimum and maximum are the samples' mean unless told. What is the current cause is what led to the samples.
        """
        if count <= 0:
            return
        key = metric_key(namespace, name, dimensions)
        series = self.kept.series.get(key)
        if series is None:
            series = self.kept.series[key] = Series(*key)
        series.unit = unit
        series.cause = self.account.causes.current
        mean = total / count
        series.add(
            self.now if at is None else at,
            total,
            count,
            mean if minimum is None else minimum,
            mean if maximum is None else maximum,
        )
