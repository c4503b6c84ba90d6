# earns: in the cluster somewhere; the cells below, and lab 5, look for {service} in {cluster}.
ecs.create_cluster(clusterName="somewhere")
ecs.create_service(
    cluster="somewhere",
    serviceName=values["service"],
    taskDefinition=values["family"],
    desiredCount=1,
    launchType="FARGATE",
    networkConfiguration={
        "awsvpcConfiguration": {"subnets": subnets, "securityGroups": [inside], "assignPublicIp": "ENABLED"}
    },
    loadBalancers=[{"targetGroupArn": target_group, "containerName": values["container"], "containerPort": port}],
)
lab.advance(300)
