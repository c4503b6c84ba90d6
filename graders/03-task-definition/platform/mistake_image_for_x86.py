# earns: was built for x86: take the tag 1.0-arm64.
arm = blueprint()
arm["family"] += "-arm"
arm["runtimePlatform"] = {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}
ecs.register_task_definition(**arm)
