# earns: image Manifest does not contain descriptor matching platform 'linux/arm64'
arm = blueprint()
arm["family"] += "-arm"
arm["runtimePlatform"] = {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}
ecs.register_task_definition(**arm)
