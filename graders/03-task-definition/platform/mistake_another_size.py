# earns: the one for x86 has 1024 and 2048
arm = blueprint()
arm["family"] += "-arm"
arm["containerDefinitions"][0]["image"] += "-arm64"
arm["runtimePlatform"] = {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}
arm |= {"cpu": "512", "memory": "1024"}
ecs.register_task_definition(**arm)
