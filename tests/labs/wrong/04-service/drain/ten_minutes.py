# earns: No report was lost, but the release took
attributes = [{"Key": "deregistration_delay.timeout_seconds", "Value": "600"}]
elbv2.modify_target_group_attributes(TargetGroupArn=target_group, Attributes=attributes)
