# earns: The balancer calls it ill after 3 bad answers, 30 s apart
elbv2.modify_target_group(TargetGroupArn=target_group, UnhealthyThresholdCount=3)
