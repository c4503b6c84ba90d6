low = {**low, "EvaluationPeriods": 11, "DatapointsToAlarm": 11}
cloudwatch.put_metric_alarm(**low)
