arm = blueprint()
arm["family"] = "graviton"
arm["containerDefinitions"][0]["image"] += "-arm64"
arm["runtimePlatform"] = {"cpuArchitecture": "ARM64"}
ecs.register_task_definition(**arm)
