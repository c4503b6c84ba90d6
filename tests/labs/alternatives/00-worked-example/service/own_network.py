ecs, elbv2 = boto3.client("ecs"), boto3.client("elbv2")
vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
table = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"][0]["RouteTableId"]
ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
subnets = [
    ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{n}.0/24", AvailabilityZone=f"us-east-1{zone}")["Subnet"]["SubnetId"]
    for n, zone in enumerate("bc")
]
group = ec2.create_security_group(GroupName="all", Description="both", VpcId=vpc)["GroupId"]
ec2.authorize_security_group_ingress(
    GroupId=group,
    IpPermissions=[{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 65535, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
)
balancer = elbv2.create_load_balancer(Name="door", Subnets=subnets, SecurityGroups=[group])["LoadBalancers"][0]
targets = elbv2.create_target_group(
    Name="api", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip", HealthCheckPath="/health"
)["TargetGroups"][0]
elbv2.create_listener(
    LoadBalancerArn=balancer["LoadBalancerArn"],
    Protocol="HTTP",
    Port=80,
    DefaultActions=[
        {"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": targets["TargetGroupArn"]}]}}
    ],
)
ecs.create_cluster(clusterName="bank", capacityProviders=["FARGATE"])
ecs.create_service(
    cluster="bank",
    serviceName="scores",
    taskDefinition="credit-api:1",
    desiredCount=3,
    launchType="FARGATE",
    networkConfiguration={
        "awsvpcConfiguration": {"subnets": subnets, "securityGroups": [group], "assignPublicIp": "ENABLED"}
    },
    loadBalancers=[{"targetGroupArn": targets["TargetGroupArn"], "containerName": "api", "containerPort": 8080}],
    deploymentConfiguration={
        "deploymentCircuitBreaker": {"enable": True, "rollback": True},
        "minimumHealthyPercent": 100,
        "maximumPercent": 150,
    },
    healthCheckGracePeriodSeconds=60,
)
