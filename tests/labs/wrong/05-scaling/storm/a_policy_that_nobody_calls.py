# earns: No alarm on high CPU calls the policy many-more
many = step_policy(
    "many-more",
    [
        {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 20, "ScalingAdjustment": 1},
        {"MetricIntervalLowerBound": 20, "ScalingAdjustment": 3},
    ],
)
print(many)
