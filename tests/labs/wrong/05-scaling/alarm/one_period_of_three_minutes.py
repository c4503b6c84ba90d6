# earns: has Period 180: that is one average of busy and calm minutes.
high = {
    "AlarmName": f"{values['name']}-cpu-high",
    "Namespace": "AWS/ECS",
    "MetricName": "CPUUtilization",
    "Dimensions": [
        {"Name": "ClusterName", "Value": values["cluster"]},
        {"Name": "ServiceName", "Value": values["service"]},
    ],
    "Statistic": "Average",
    "Period": 180,
    "EvaluationPeriods": 1,
    "DatapointsToAlarm": 1,
    "Threshold": float(values["threshold"]),
    "ComparisonOperator": "GreaterThanThreshold",
}
cloudwatch.put_metric_alarm(**high)
print(high)
