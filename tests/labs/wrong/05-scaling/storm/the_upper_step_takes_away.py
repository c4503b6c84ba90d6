# earns: No step adds a task at 100 %.
more = step_policy(
    "one-more",
    [
        {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 20, "ScalingAdjustment": 1},
        {"MetricIntervalLowerBound": 20, "ScalingAdjustment": -3},
    ],
)
print(more)
