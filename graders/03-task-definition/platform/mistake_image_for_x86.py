# earns: exec format error
arm = blueprint()
arm["family"] += "-arm"
arm["runtimePlatform"] = {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}
ecs.register_task_definition(**arm)
