# earns: the number of tasks changed
low = {**low, "EvaluationPeriods": 15, "DatapointsToAlarm": 3}
cloudwatch.put_metric_alarm(**low)
