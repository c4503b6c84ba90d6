elbv2.modify_target_group(TargetGroupArn=target_group, HealthCheckIntervalSeconds=10, HealthyThresholdCount=2)
ecs.update_service(**here, healthCheckGracePeriodSeconds=150)
