# earns: begins at 1
bound = float(values["threshold"])
more = step_policy("one-more", [{"MetricIntervalLowerBound": bound, "ScalingAdjustment": 1}])
cloudwatch.put_metric_alarm(**high | {"AlarmActions": [more]})
