# earns: : digest
task = run(values["family"])
ecs.tag_resource(resourceArn=task["taskDefinitionArn"], tags=[{"key": "digest", "value": "sha256:0"}])
