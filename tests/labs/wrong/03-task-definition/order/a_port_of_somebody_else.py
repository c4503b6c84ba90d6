# earns: maps 3000; the container serves on
level = dict.fromkeys(draft.settings, "task") | {"name": "container", "image": "container", "containerPort": "port"}
document = draft.assembled(level)
document["containerDefinitions"][0]["portMappings"] = [{"containerPort": 3000}]
ecs.register_task_definition(**document)
