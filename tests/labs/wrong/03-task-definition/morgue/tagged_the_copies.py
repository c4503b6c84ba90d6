# earns: has no tag named cause
for case in cases:
    copy = ecs.register_task_definition(**{**blueprint(), "family": case})["taskDefinition"]
    ecs.tag_resource(resourceArn=copy["taskDefinitionArn"], tags=[{"key": "cause", "value": "rights"}])
