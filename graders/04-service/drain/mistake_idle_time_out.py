# earns: reports were lost on the way
attributes = [{"Key": "idle_timeout.timeout_seconds", "Value": "300"}]
elbv2.modify_load_balancer_attributes(LoadBalancerArn=balancer["LoadBalancerArn"], Attributes=attributes)
