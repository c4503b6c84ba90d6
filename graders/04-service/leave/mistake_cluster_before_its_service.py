# earns: The cluster was deleted as number 3 of six, and AWS refused.
order = ["balancer", "target-group", "cluster", "service", "inside-group", "front-group"]
handed_in = [{"key": "leave", "value": " ".join(order)}]
ecs.tag_resource(resourceArn=the_service()["serviceArn"], tags=handed_in)
