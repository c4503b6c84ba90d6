# earns: 'typo' is none of the six causes.
for case in cases:
    patient = ecs.describe_task_definition(taskDefinition=f"{case}:1")["taskDefinition"]
    ecs.tag_resource(resourceArn=patient["taskDefinitionArn"], tags=[{"key": "cause", "value": "typo"}])
