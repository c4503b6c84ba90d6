# earns: Request timed out
elbv2 = boto3.client("elbv2")
balancer = elbv2.create_load_balancer(Name="credit-front", Subnets=subnets, SecurityGroups=[front])["LoadBalancers"][0]
group = elbv2.create_target_group(
    Name="credit-tasks", Protocol="HTTP", Port=8080, VpcId=vpc, TargetType="ip", HealthCheckPath="/health"
)["TargetGroups"][0]
elbv2.create_listener(
    LoadBalancerArn=balancer["LoadBalancerArn"],
    Protocol="HTTP",
    Port=80,
    DefaultActions=[{"Type": "forward", "TargetGroupArn": group["TargetGroupArn"]}],
)

ecs = boto3.client("ecs")
ecs.create_cluster(clusterName="credit")
ecs.create_service(
    cluster="credit",
    serviceName="credit-api",
    taskDefinition="credit-api",
    desiredCount=2,
    launchType="FARGATE",
    networkConfiguration={
        "awsvpcConfiguration": {"subnets": subnets, "securityGroups": [inside], "assignPublicIp": "ENABLED"}
    },
    loadBalancers=[{"targetGroupArn": group["TargetGroupArn"], "containerName": "api", "containerPort": 8080}],
)
print(f"http://{balancer['DNSName']}/predict")
