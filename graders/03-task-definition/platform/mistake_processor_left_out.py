# earns: image Manifest does not contain descriptor matching platform 'linux/amd64'
arm = blueprint()
arm["family"] += "-arm"
arm["containerDefinitions"][0]["image"] += "-arm64"
ecs.register_task_definition(**arm)
