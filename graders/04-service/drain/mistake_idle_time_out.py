# earns: idle_timeout.timeout_seconds is how long a silent connection is kept. A task that leaves
attributes = [{"Key": "idle_timeout.timeout_seconds", "Value": "300"}]
elbv2.modify_load_balancer_attributes(LoadBalancerArn=balancer["LoadBalancerArn"], Attributes=attributes)
