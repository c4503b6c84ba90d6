# earns: maps no port; the container serves on
level = dict.fromkeys(draft.settings, "task") | {"name": "container", "image": "container"}
del level["containerPort"]
document = draft.assembled(level)
document["containerDefinitions"][0]["portMappings"] = []
ecs.register_task_definition(**document)
