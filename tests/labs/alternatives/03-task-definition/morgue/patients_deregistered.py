words = {"log group": "log group", "format": "processor", "authorized": "rights", "not found": "image name"}
for case in cases:
    task = run(f"{case}:1")
    cause = next(told for part, told in words.items() if part in task["stoppedReason"] + last_line(task))
    ecs.tag_resource(resourceArn=task["taskDefinitionArn"], tags=[{"key": "cause", "value": cause}])
    ecs.deregister_task_definition(taskDefinition=f"{case}:1")
    ecs.register_task_definition(**{**blueprint(), "family": case})
