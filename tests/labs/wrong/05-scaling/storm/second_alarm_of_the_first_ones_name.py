# earns: under the same AlarmName replaces the first alarm.
more = step_policy(
    "one-more",
    [
        {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 20, "ScalingAdjustment": 1},
        {"MetricIntervalLowerBound": 20, "ScalingAdjustment": 3},
    ],
)
cloudwatch.put_metric_alarm(**{**low, "AlarmName": high["AlarmName"]})
