# earns: DependencyViolation
order = ["service", "balancer", "front-group", "inside-group", "target-group", "cluster"]
handed_in = [{"key": "leave", "value": " ".join(order)}]
ecs.tag_resource(resourceArn=the_service()["serviceArn"], tags=handed_in)
