# earns: for x86 reaches RUNNING any more
arm = blueprint()
arm["containerDefinitions"][0]["image"] = f"{uri}:1.0-arm64"
arm["runtimePlatform"] = {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}
ecs.register_task_definition(**arm)
