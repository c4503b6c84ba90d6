# earns: The step from 50 on begins at 120 %
more = step_policy(
    "one-more",
    [
        {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 50, "ScalingAdjustment": 1},
        {"MetricIntervalLowerBound": 50, "ScalingAdjustment": 3},
    ],
)
print(more)
