scaling, cloudwatch = boto3.client("application-autoscaling"), boto3.client("cloudwatch")
service = {
    "ServiceNamespace": "ecs",
    "ResourceId": "service/credit/credit-api",
    "ScalableDimension": "ecs:service:DesiredCount",
}
scaling.register_scalable_target(**service, MinCapacity=2, MaxCapacity=10)
scaling.put_scaling_policy(
    PolicyName="cpu-at-70",
    **service,
    PolicyType="TargetTrackingScaling",
    TargetTrackingScalingPolicyConfiguration={
        "TargetValue": 70,
        "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
    },
)
