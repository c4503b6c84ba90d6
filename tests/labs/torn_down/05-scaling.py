assert not boto3.client("cloudwatch").describe_alarms()["MetricAlarms"]
assert not boto3.client("application-autoscaling").describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"]
