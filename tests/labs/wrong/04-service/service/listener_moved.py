# earns: Of 5 requests a second for 5 minutes 0 arrived
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
wait_until_steady()
(listener,) = elbv2.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
elbv2.modify_listener(ListenerArn=listener["ListenerArn"], Port=8080)
