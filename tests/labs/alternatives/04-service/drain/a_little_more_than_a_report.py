attributes = [{"Key": "deregistration_delay.timeout_seconds", "Value": f"{int(values['report']) + 3}"}]
elbv2.modify_target_group_attributes(TargetGroupArn=target_group, Attributes=attributes)
