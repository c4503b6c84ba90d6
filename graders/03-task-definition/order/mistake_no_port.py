# earns: maps no port; the container serves on
level = dict.fromkeys(settings, "task") | {"name": "container", "image": "container", "essential": "container"}
del level["containerPort"], level["protocol"]
draft = assembled(level)
draft["containerDefinitions"][0]["portMappings"] = []
ecs.register_task_definition(**draft)
