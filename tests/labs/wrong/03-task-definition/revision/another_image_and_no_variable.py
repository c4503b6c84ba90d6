# earns: differ in container 1's image, and in no variable.
again = blueprint()
again["containerDefinitions"][0]["image"] += "-arm64"
ecs.register_task_definition(**again)
