arm = blueprint()
arm["family"] = "graviton"
arm["containerDefinitions"][0]["image"] += "-arm64"
arm["runtimePlatform"] = {"cpuArchitecture": "ARM64"}
told = ecs.register_task_definition(**arm, tags=[{"key": "month", "value": "28.8 dollars"}])
