attributes = [{"Key": "deregistration_delay.timeout_seconds", "Value": "60"}]
elbv2.modify_target_group_attributes(TargetGroupArn=target_group, Attributes=attributes)
release_under_reports()
