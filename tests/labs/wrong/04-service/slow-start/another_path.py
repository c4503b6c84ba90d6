# earns: It answers, but not with 200
elbv2.modify_target_group(TargetGroupArn=target_group, HealthCheckPath="/")
