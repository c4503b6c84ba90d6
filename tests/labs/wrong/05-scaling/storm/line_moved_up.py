# earns: The step from 20 on begins at 110 %
more = step_policy(
    "one-more",
    [
        {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 20, "ScalingAdjustment": 1},
        {"MetricIntervalLowerBound": 20, "ScalingAdjustment": 3},
    ],
)
cloudwatch.put_metric_alarm(**{**high, "Threshold": 90.0})
