# earns: has Threshold 69: the line is 70.
high = {
    "AlarmName": f"{values['name']}-cpu-high",
    "Namespace": "AWS/ECS",
    "MetricName": "CPUUtilization",
    "Dimensions": [
        {"Name": "ClusterName", "Value": values["cluster"]},
        {"Name": "ServiceName", "Value": values["service"]},
    ],
    "Statistic": "Average",
    "Period": 60,
    "EvaluationPeriods": 3,
    "DatapointsToAlarm": 3,
    "Threshold": 69.0,
    "ComparisonOperator": "GreaterThanThreshold",
}
cloudwatch.put_metric_alarm(**high)
print(high)
