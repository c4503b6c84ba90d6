# earns: -cpu-low does not ring.
low = {**low, "Threshold": 0.0}
cloudwatch.put_metric_alarm(**low)
