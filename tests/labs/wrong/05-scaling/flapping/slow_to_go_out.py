# earns: no task was ever added
high = {**high, "EvaluationPeriods": 15, "DatapointsToAlarm": 15}
cloudwatch.put_metric_alarm(**high)
