arm = blueprint()
arm["family"] = "graviton"
arm["containerDefinitions"][0]["image"] = f"{uri}:1.0-arm64"
arm["runtimePlatform"] = {"cpuArchitecture": "ARM64"}
ecs.register_task_definition(**arm)
