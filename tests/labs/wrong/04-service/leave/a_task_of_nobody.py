# earns: this still costs:
order = ["service", "balancer", "target-group", "cluster", "inside-group", "front-group"]
handed_in = [{"key": "leave", "value": " ".join(order)}]
ecs.tag_resource(resourceArn=the_service()["serviceArn"], tags=handed_in)
ecs.create_cluster(clusterName="another")
ecs.run_task(
    cluster="another",
    taskDefinition=values["family"],
    launchType="FARGATE",
    networkConfiguration={"awsvpcConfiguration": {"subnets": subnets, "assignPublicIp": "ENABLED"}},
)
lab.advance(60)
