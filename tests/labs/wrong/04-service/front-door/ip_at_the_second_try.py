# earns: the old group stays in the way
balancer = elbv2.create_load_balancer(Name=f"{values['name']}-front", Subnets=subnets, SecurityGroups=[front])[
    "LoadBalancers"
][0]
group = elbv2.create_target_group(
    Name=f"{values['name']}-tasks",
    Protocol="HTTP",
    Port=port,
    VpcId=vpc,
    HealthCheckPath="/health",
)["TargetGroups"][0]
elbv2.create_listener(
    LoadBalancerArn=balancer["LoadBalancerArn"],
    Protocol="HTTP",
    Port=80,
    DefaultActions=[{"Type": "forward", "TargetGroupArn": group["TargetGroupArn"]}],
)
print(balancer["DNSName"])
elbv2.create_target_group(
    Name=f"{values['name']}-tasks",
    Protocol="HTTP",
    Port=port,
    VpcId=vpc,
    TargetType="ip",
    HealthCheckPath="/health",
)
