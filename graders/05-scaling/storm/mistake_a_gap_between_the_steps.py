# earns: can't overlap or have a gap.
more = step_policy(
    "one-more",
    [
        {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 20, "ScalingAdjustment": 1},
        {"MetricIntervalLowerBound": 25, "ScalingAdjustment": 3},
    ],
)
print(more)
