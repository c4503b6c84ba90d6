# earns: it does not make a health check wait.
attributes = [{"Key": "slow_start.duration_seconds", "Value": "300"}]
elbv2.modify_target_group_attributes(TargetGroupArn=target_group, Attributes=attributes)
