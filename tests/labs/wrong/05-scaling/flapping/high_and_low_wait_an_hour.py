# earns: (Cooldown 3600)
for name, bound, change in (("one-more", "MetricIntervalLowerBound", 3), ("one-fewer", "MetricIntervalUpperBound", -1)):
    step_policy(name, [{bound: 0, "ScalingAdjustment": change}], cooldown=3600)
