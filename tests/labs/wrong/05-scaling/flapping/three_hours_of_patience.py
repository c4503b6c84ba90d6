# earns: -cpu-low does not ring.
low = {**low, "EvaluationPeriods": 180, "DatapointsToAlarm": 180}
cloudwatch.put_metric_alarm(**low)
