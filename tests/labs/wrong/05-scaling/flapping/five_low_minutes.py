# earns: the number of tasks changed
low = {**low, "EvaluationPeriods": 5, "DatapointsToAlarm": 5}
cloudwatch.put_metric_alarm(**low)
