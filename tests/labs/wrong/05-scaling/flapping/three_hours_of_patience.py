# earns: After two hours of calm there were still
low = {**low, "EvaluationPeriods": 180, "DatapointsToAlarm": 180}
cloudwatch.put_metric_alarm(**low)
