# earns: A task of it was run, and told another story
order = dict(zip("1234", ("image name", "log group", "rights", "processor"), strict=True))
turned = values["cases"][1:] + values["cases"][:1]
for case, number in zip(cases, turned, strict=True):
    arn = ecs.describe_task_definition(taskDefinition=f"{case}:1")["taskDefinition"]["taskDefinitionArn"]
    ecs.tag_resource(resourceArn=arn, tags=[{"key": "cause", "value": order[number]}])
    ecs.register_task_definition(**{**blueprint(), "family": case})
