# earns: does not name each of the six parts once
order = ["service", "balancer", "target-group", "cluster", "inside-group"]
handed_in = [{"key": "leave", "value": " ".join(order)}]
ecs.tag_resource(resourceArn=the_service()["serviceArn"], tags=handed_in)
