# earns: Health checks failed with these codes: [404]
elbv2.modify_target_group(TargetGroupArn=target_group, HealthCheckPath="/healthz")
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
    loadBalancers=[{"targetGroupArn": target_group, "containerName": values["container"], "containerPort": port}],
)
lab.advance(600)
