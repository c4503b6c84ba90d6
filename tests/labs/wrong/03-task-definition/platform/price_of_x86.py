# earns: that is the one for x86
arm = blueprint()
arm["family"] += "-arm"
arm["containerDefinitions"][0]["image"] += "-arm64"
arm["runtimePlatform"] = {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}
arn = ecs.register_task_definition(**arm)["taskDefinition"]["taskDefinitionArn"]
month = 730 * (1 * 0.04048 + 2 * 0.004445)
ecs.tag_resource(resourceArn=arn, tags=[{"key": "month", "value": f"{month:.2f}"}])
print(arn, f"costs {month:.2f} dollars a month")
