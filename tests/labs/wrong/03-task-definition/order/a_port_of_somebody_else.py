# earns: maps 3000; the container serves on
level = dict.fromkeys(settings, "task") | {"name": "container", "image": "container", "essential": "container"}
level |= {"containerPort": "port", "protocol": "port"}
draft = assembled(level)
draft["containerDefinitions"][0]["portMappings"] = [{"containerPort": 3000}]
ecs.register_task_definition(**draft)
