# earns: The step from 70 on begins at 140 %
more = step_policy(
    "one-more",
    [
        {"MetricIntervalLowerBound": 70, "MetricIntervalUpperBound": 90, "ScalingAdjustment": 1},
        {"MetricIntervalLowerBound": 90, "ScalingAdjustment": 3},
    ],
)
print(more)
