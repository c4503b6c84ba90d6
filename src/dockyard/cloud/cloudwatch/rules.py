"""What PutMetricAlarm asks for, as a rule, refused where AWS refuses it.

Knows nothing about how a rule is judged.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
"""

from __future__ import annotations

import re

from dockyard.cloud.cloudwatch.base import dimensions_of, invalid, invalid_value
from dockyard.cloud.cloudwatch.judgement import ALARM, COMPARISONS, INSUFFICIENT_DATA, OK
from dockyard.cloud.cloudwatch.state import Rule, metric_key
from dockyard.cloud.service import Request

MISSING = ("breaching", "notBreaching", "ignore", "missing")
ACTIONS = {OK: "OKActions", ALARM: "AlarmActions", INSUFFICIENT_DATA: "InsufficientDataActions"}
ARN = re.compile(r"arn:[\w-]+:[\w-]+:[\w-]*:\w*:.+")
#: What PutMetricAlarm also offers on AWS.
NOT_SIMULATED = (
    "Metrics", "ExtendedStatistic", "ThresholdMetricId", "EvaluationWindow", "WarmUpConfiguration",
    "EvaluationCriteria", "EvaluationInterval",
)  # fmt: skip
REQUIRED = ("Namespace", "MetricName", "Statistic", "Period", "EvaluationPeriods", "Threshold", "ComparisonOperator")
DAY, WEEK = 86_400, 604_800


def rule_of(request: Request) -> Rule:
    """The rule that PutMetricAlarm asks for. Raises AwsError ValidationError where AWS refuses it."""
    for name in NOT_SIMULATED:
        if request.get(name):
            raise invalid(f"Dockyard does not simulate {name} of PutMetricAlarm yet: use a Statistic of one metric.")
    absent = [name for name in REQUIRED if name not in request]
    if absent:
        raise invalid(f"The request must contain the parameter {absent[0]}.")
    period, periods, comparison = request["Period"], request["EvaluationPeriods"], request["ComparisonOperator"]
    to_alarm = request.get("DatapointsToAlarm") or periods
    missing = request.get("TreatMissingData", "missing")
    if comparison not in COMPARISONS:
        raise invalid(f"Dockyard does not simulate {comparison} (anomaly detection) yet.")
    _check_periods(period, periods, to_alarm)
    if missing not in MISSING:
        raise invalid(
            f"The value {missing} is not supported for TreatMissingData parameter. "
            "Supported values are [breaching, notBreaching, ignore, missing]."
        )
    _check_actions(request)
    key = metric_key(request["Namespace"], request["MetricName"], dimensions_of(request))
    threshold, unit = float(request["Threshold"]), request.get("Unit", "")
    return Rule(key, request["Statistic"], period, periods, to_alarm, threshold, comparison, missing, unit)


def _check_periods(period: int, periods: int, to_alarm: int) -> None:
    if period in (10, 20, 30):
        raise invalid("Dockyard keeps metrics by the minute: Period must be a multiple of 60.")
    if period % 60:
        raise invalid("Period must be 10, 30 or a multiple of 60")
    span, most = ("a day", DAY) if period < 3600 else ("7 days", WEEK)
    if period * periods > most:
        raise invalid(
            f"Metrics cannot be checked across more than {span} (EvaluationPeriods * Period must be <= {most})."
        )
    if to_alarm > periods:
        raise invalid("DatapointsToAlarm must be less than or equal to EvaluationPeriods.")


def _check_actions(request: Request) -> None:
    for key in ACTIONS.values():
        actions = request.get(key, ())
        if len(actions) > 5:
            raise invalid(f"{key} must not contain more than 5 actions.")
        for action in actions:
            if not ARN.fullmatch(action):
                raise invalid(f"Invalid arn syntax: {action}")
    if len(request.get("Dimensions", ())) > 30:
        raise invalid_value("The collection Dimensions must not have a size greater than 30.")
