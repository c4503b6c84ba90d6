# earns: Tasks that were added are taken away as soon as they help
more = step_policy("one-more", [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}])
fewer = step_policy("one-fewer", [{"MetricIntervalUpperBound": 0, "ScalingAdjustment": -1}])
cloudwatch.put_metric_alarm(**high | {"AlarmActions": [more], "OKActions": [fewer]})
