# earns: It is called my-service, in the cluster {cluster}; the cells below, and lab 5, look for {service}
ecs.create_cluster(clusterName=values["cluster"])
ecs.create_service(
    cluster=values["cluster"],
    serviceName="my-service",
    taskDefinition=values["family"],
    desiredCount=1,
    launchType="FARGATE",
    networkConfiguration={
        "awsvpcConfiguration": {"subnets": subnets, "securityGroups": [inside], "assignPublicIp": "ENABLED"}
    },
    loadBalancers=[{"targetGroupArn": target_group, "containerName": values["container"], "containerPort": port}],
)
lab.advance(300)
