# earns: needs one with an unspecified upper bound
more = step_policy(
    "one-more", [{"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 20, "ScalingAdjustment": 3}]
)
print(more)
