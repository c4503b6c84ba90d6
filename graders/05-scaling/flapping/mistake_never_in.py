# earns: rings, but it has no action.
low = {**low, "AlarmActions": []}
cloudwatch.put_metric_alarm(**low)
print(low)
