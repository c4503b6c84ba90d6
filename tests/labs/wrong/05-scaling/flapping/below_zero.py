# earns: After two hours of calm there were still
low = {**low, "Threshold": 0.0}
cloudwatch.put_metric_alarm(**low)
