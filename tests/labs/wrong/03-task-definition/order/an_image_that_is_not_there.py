# earns: CannotPullContainerError
level = dict.fromkeys(draft.settings, "task") | {"name": "container", "image": "container", "containerPort": "port"}
document = draft.assembled(level)
document["containerDefinitions"][0]["image"] = "pyhton:3.12-slim"
ecs.register_task_definition(**document)
