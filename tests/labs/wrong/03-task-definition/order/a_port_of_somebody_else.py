# earns: maps 3000; the container serves on
level = dict.fromkeys(draft.settings, "task") | {"name": "container", "image": "container", "essential": "container"}
level |= {"containerPort": "port", "protocol": "port"}
document = draft.assembled(level)
document["containerDefinitions"][0]["portMappings"] = [{"containerPort": 3000}]
ecs.register_task_definition(**document)
