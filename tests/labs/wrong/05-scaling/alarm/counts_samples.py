# earns: has Statistic SampleCount: that is not how busy the tasks are together.
high = {
    "AlarmName": f"{values['name']}-cpu-high",
    "Namespace": "AWS/ECS",
    "MetricName": "CPUUtilization",
    "Dimensions": [
        {"Name": "ClusterName", "Value": values["cluster"]},
        {"Name": "ServiceName", "Value": values["service"]},
    ],
    "Statistic": "SampleCount",
    "Period": 60,
    "EvaluationPeriods": 3,
    "DatapointsToAlarm": 3,
    "Threshold": float(values["threshold"]),
    "ComparisonOperator": "GreaterThanThreshold",
}
cloudwatch.put_metric_alarm(**high)
print(high)
