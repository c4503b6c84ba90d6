# earns: runs python:3.12-slim; ECR holds no such image.
arm = blueprint()
arm["family"] += "-arm"
arm["containerDefinitions"][0]["image"] = "python:3.12-slim"
arm["runtimePlatform"] = {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}
ecs.register_task_definition(**arm)
