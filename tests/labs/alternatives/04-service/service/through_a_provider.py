ecs.create_cluster(clusterName=values["cluster"], capacityProviders=["FARGATE"])
ecs.create_service(
    cluster=values["cluster"],
    serviceName=values["service"],
    taskDefinition=values["family"],
    desiredCount=1,
    capacityProviderStrategy=[{"capacityProvider": "FARGATE", "weight": 1}],
    networkConfiguration={
        "awsvpcConfiguration": {"subnets": subnets, "securityGroups": [inside], "assignPublicIp": "ENABLED"}
    },
    loadBalancers=[{"targetGroupArn": target_group, "containerName": values["container"], "containerPort": port}],
)
wait_until_steady()
