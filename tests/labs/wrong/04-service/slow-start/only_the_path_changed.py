# earns: a task was stopped before it was well
elbv2.modify_target_group(TargetGroupArn=target_group, HealthCheckTimeoutSeconds=20)
