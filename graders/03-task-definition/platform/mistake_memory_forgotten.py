# earns: that is the vCPU alone; its memory costs, too
arm = blueprint()
arm["family"] += "-arm"
arm["containerDefinitions"][0]["image"] += "-arm64"
arm["runtimePlatform"] = {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}
arn = ecs.register_task_definition(**arm)["taskDefinition"]["taskDefinitionArn"]
month = 730 * 0.03238
ecs.tag_resource(resourceArn=arn, tags=[{"key": "month", "value": f"{month:.2f}"}])
print(arn, f"costs {month:.2f} dollars a month")
