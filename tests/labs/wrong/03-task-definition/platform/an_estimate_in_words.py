# earns: that is no number of dollars
arm = blueprint()
arm["family"] += "-arm"
arm["containerDefinitions"][0]["image"] += "-arm64"
arm["runtimePlatform"] = {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}
arn = ecs.register_task_definition(**arm)["taskDefinition"]["taskDefinitionArn"]
ecs.tag_resource(resourceArn=arn, tags=[{"key": "month", "value": "cheaper"}])
