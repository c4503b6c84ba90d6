scaling, cloudwatch = boto3.client("application-autoscaling"), boto3.client("cloudwatch")
service = {
    "ServiceNamespace": "ecs",
    "ResourceId": "service/credit/credit-api",
    "ScalableDimension": "ecs:service:DesiredCount",
}
scaling.register_scalable_target(**service, MinCapacity=2, MaxCapacity=10)


def policy(name, steps, kind):
    told = {"AdjustmentType": kind, "Cooldown": 60, "MetricAggregationType": "Average", "StepAdjustments": steps}
    return scaling.put_scaling_policy(
        PolicyName=name, **service, PolicyType="StepScaling", StepScalingPolicyConfiguration=told
    )["PolicyARN"]


watched = {
    "Namespace": "AWS/ECS",
    "MetricName": "CPUUtilization",
    "Dimensions": [{"Name": "ServiceName", "Value": "credit-api"}, {"Name": "ClusterName", "Value": "credit"}],
}
out = [
    {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 15, "ScalingAdjustment": 50},
    {"MetricIntervalLowerBound": 15, "ScalingAdjustment": 100},
]
cloudwatch.put_metric_alarm(
    AlarmName="busy", **watched, Statistic="Maximum", Period=60, EvaluationPeriods=3, DatapointsToAlarm=2,
    Threshold=70, ComparisonOperator="GreaterThanThreshold", AlarmActions=[policy("out", out, "PercentChangeInCapacity")],
)  # fmt: skip
cloudwatch.put_metric_alarm(
    AlarmName="calm", **watched, Statistic="Average", Period=300, EvaluationPeriods=1, Threshold=20,
    ComparisonOperator="LessThanOrEqualToThreshold",
    AlarmActions=[policy("in", [{"MetricIntervalUpperBound": 0, "ScalingAdjustment": 2}], "ExactCapacity")],
)  # fmt: skip
