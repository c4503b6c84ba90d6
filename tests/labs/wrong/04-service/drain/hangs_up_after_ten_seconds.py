# earns: The balancer hangs up on a connection that is silent for 10 s
delay = [{"Key": "deregistration_delay.timeout_seconds", "Value": "60"}]
elbv2.modify_target_group_attributes(TargetGroupArn=target_group, Attributes=delay)
idle = [{"Key": "idle_timeout.timeout_seconds", "Value": "10"}]
elbv2.modify_load_balancer_attributes(LoadBalancerArn=balancer["LoadBalancerArn"], Attributes=idle)
