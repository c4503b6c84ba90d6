# earns: DependencyViolation
order = ["inside-group", "front-group", "service", "balancer", "target-group", "cluster"]
handed_in = [{"key": "leave", "value": " ".join(order)}]
ecs.tag_resource(resourceArn=the_service()["serviceArn"], tags=handed_in)
