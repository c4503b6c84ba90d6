# earns: credit-cpu-high OK
scaling = boto3.client("application-autoscaling")
cloudwatch = boto3.client("cloudwatch")

service = {
    "ServiceNamespace": "ecs",
    "ResourceId": "service/credit/credit-api",
    "ScalableDimension": "ecs:service:DesiredCount",
}
scaling.register_scalable_target(**service, MinCapacity=2, MaxCapacity=10)


def step_policy(name, adjustment, bound):
    return scaling.put_scaling_policy(
        PolicyName=name,
        **service,
        PolicyType="StepScaling",
        StepScalingPolicyConfiguration={
            "AdjustmentType": "ChangeInCapacity",
            "Cooldown": 120,
            "StepAdjustments": [{bound: 0, "ScalingAdjustment": adjustment}],
        },
    )["PolicyARN"]


def cpu_alarm(name, comparison, threshold, minutes, policy):
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        Namespace="AWS/ECS",
        MetricName="CPUUtilization",
        Dimensions=[{"Name": "ClusterName", "Value": "credit"}, {"Name": "ServiceName", "Value": "credit-api"}],
        Statistic="Average",
        Period=60,
        EvaluationPeriods=minutes,
        Threshold=threshold,
        ComparisonOperator=comparison,
        AlarmActions=[policy],
    )


more = step_policy("one-more", 1, "MetricIntervalLowerBound")
fewer = step_policy("one-fewer", -1, "MetricIntervalUpperBound")
cpu_alarm("credit-cpu-high", "GreaterThanThreshold", 95, 2, more)
cpu_alarm("credit-cpu-low", "LessThanThreshold", 30, 5, fewer)
