# earns: that is a name somebody gave, not what ran
task = run(values["family"])
ecs.tag_resource(resourceArn=task["taskDefinitionArn"], tags=[{"key": "runs", "value": "1.0"}])
