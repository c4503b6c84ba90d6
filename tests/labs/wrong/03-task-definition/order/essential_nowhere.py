# earns: essential
level = dict.fromkeys(draft.settings, "task") | {"name": "container", "image": "container", "containerPort": "port"}
document = draft.assembled(level)
document["containerDefinitions"][0]["essential"] = False
ecs.register_task_definition(**document)
