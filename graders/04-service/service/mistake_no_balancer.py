# earns: stands behind no load balancer.
ecs.create_cluster(clusterName=values["cluster"])
ecs.create_service(
    cluster=values["cluster"],
    serviceName=values["service"],
    taskDefinition=values["family"],
    desiredCount=1,
    launchType="FARGATE",
    networkConfiguration={
        "awsvpcConfiguration": {"subnets": subnets, "securityGroups": [inside], "assignPublicIp": "ENABLED"}
    },
)
wait_until_steady()
