# earns: has Threshold 0.7: CPUUtilization is in percent, from 0 to 100
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
    "Threshold": float(values["threshold"]) / 100,
    "ComparisonOperator": "GreaterThanThreshold",
}
cloudwatch.put_metric_alarm(**high)
print(high)
