# earns: MaxCapacity 5 stopped it
more = step_policy("one-more", [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 3}])
scaling.register_scalable_target(**target, MinCapacity=2, MaxCapacity=5)
