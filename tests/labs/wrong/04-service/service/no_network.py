# earns: Network Configuration must be provided
ecs.create_cluster(clusterName=values["cluster"])
ecs.create_service(
    cluster=values["cluster"],
    serviceName=values["service"],
    taskDefinition=values["family"],
    desiredCount=1,
    launchType="FARGATE",
    loadBalancers=[{"targetGroupArn": target_group, "containerName": values["container"], "containerPort": port}],
)
wait_until_steady()
