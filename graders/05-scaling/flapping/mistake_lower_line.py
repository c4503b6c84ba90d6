# earns: the number of tasks changed
low = {**low, "Threshold": 25.0}
cloudwatch.put_metric_alarm(**low)
print(low)
