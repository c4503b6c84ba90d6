# earns: essential
level = dict.fromkeys(settings, "task") | {"name": "container", "image": "container", "essential": "container"}
level |= {"containerPort": "port", "protocol": "port"}
draft = assembled(level)
draft["containerDefinitions"][0]["essential"] = False
ecs.register_task_definition(**draft)
