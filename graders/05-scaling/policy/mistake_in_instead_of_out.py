# earns: rang and called the policy one-fewer, which adds none: its steps take tasks away.
more = step_policy("one-more", [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}])
fewer = step_policy("one-fewer", [{"MetricIntervalUpperBound": 0, "ScalingAdjustment": -1}])
high = {**high, "AlarmActions": [fewer]}
low = {
    **high,
    "AlarmName": f"{values['name']}-cpu-low",
    "Threshold": 30.0,
    "ComparisonOperator": "LessThanThreshold",
    "AlarmActions": [fewer],
}
cloudwatch.put_metric_alarm(**high)
cloudwatch.put_metric_alarm(**low)
print(more, fewer)
