# earns: no task was ever added
high = {**high, "AlarmActions": []}
cloudwatch.put_metric_alarm(**high)
