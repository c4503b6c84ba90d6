order = ["balancer", "target-group", "service", "inside-group", "front-group", "cluster"]
handed_in = [{"key": "leave", "value": " ".join(order)}]
ecs.tag_resource(resourceArn=the_service()["serviceArn"], tags=handed_in)
