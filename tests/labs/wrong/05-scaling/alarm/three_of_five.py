# earns: asks for 3 of 5 periods: calm ones may lie between.
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
    "EvaluationPeriods": 5,
    "DatapointsToAlarm": 3,
    "Threshold": float(values["threshold"]),
    "ComparisonOperator": "GreaterThanThreshold",
}
cloudwatch.put_metric_alarm(**high)
print(high)
