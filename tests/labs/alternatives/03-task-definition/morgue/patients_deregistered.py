words = {"log group": "log group", "platform": "processor", "authorized": "rights", "not found": "image name"}
for case in cases:
    task = run(f"{case}:1")
    cause = next(told for part, told in words.items() if part in task["stoppedReason"])
    ecs.tag_resource(resourceArn=task["taskDefinitionArn"], tags=[{"key": "cause", "value": cause}])
    ecs.deregister_task_definition(taskDefinition=f"{case}:1")
    ecs.register_task_definition(**{**blueprint(), "family": case})
