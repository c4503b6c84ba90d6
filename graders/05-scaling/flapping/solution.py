low = {**low, "EvaluationPeriods": 15, "DatapointsToAlarm": 15}
cloudwatch.put_metric_alarm(**low)
print(low)
