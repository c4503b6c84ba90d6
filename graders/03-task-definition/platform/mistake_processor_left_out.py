# earns: exec format error
arm = blueprint()
arm["family"] += "-arm"
arm["containerDefinitions"][0]["image"] += "-arm64"
ecs.register_task_definition(**arm)
