low = {**low, "EvaluationPeriods": 30, "DatapointsToAlarm": 25}
cloudwatch.put_metric_alarm(**low)
print(low)
