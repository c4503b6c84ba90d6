# earns: has no tag named month.
arm = blueprint()
arm["family"] += "-arm"
arm["containerDefinitions"][0]["image"] += "-arm64"
arm["runtimePlatform"] = {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}
arn = ecs.register_task_definition(**arm)["taskDefinition"]["taskDefinitionArn"]
