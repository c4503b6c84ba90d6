# earns: No alarm watches the CPU.
scaling = boto3.client("application-autoscaling")
cloudwatch = boto3.client("cloudwatch")

service = {
    "ServiceNamespace": "ecs",
    "ResourceId": "service/credit/credit-api",
    "ScalableDimension": "ecs:service:DesiredCount",
}
scaling.register_scalable_target(**service, MinCapacity=2, MaxCapacity=10)
