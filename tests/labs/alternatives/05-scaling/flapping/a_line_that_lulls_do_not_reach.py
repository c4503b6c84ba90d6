low = {**low, "Threshold": 5.0}
cloudwatch.put_metric_alarm(**low)
