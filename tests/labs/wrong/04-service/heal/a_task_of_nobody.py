# earns: No task of the service was stopped by hand
lab.traffic(balancer["LoadBalancerName"], 5, seconds=200)
lone = ecs.run_task(
    cluster=values["cluster"],
    taskDefinition=values["family"],
    launchType="FARGATE",
    networkConfiguration={"awsvpcConfiguration": {"subnets": subnets, "assignPublicIp": "ENABLED"}},
)["tasks"][0]["taskArn"]
lab.advance(60)
ecs.stop_task(cluster=values["cluster"], task=lone, reason="by hand")
lab.advance(120)
