# earns: After two hours of calm there were still
low = {**low, "AlarmActions": []}
cloudwatch.put_metric_alarm(**low)
print(low)
