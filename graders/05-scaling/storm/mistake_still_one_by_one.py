# earns: One task at a time is too slow.
more = step_policy("one-more", [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}])
print(more)
