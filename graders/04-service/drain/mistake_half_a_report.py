# earns: reports were lost on the way
attributes = [{"Key": "deregistration_delay.timeout_seconds", "Value": "15"}]
elbv2.modify_target_group_attributes(TargetGroupArn=target_group, Attributes=attributes)
