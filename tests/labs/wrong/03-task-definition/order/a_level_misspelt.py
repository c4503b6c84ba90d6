# earns: No draft named {name}-draft that Fargate can run is registered.
level = dict.fromkeys(draft.settings, "task") | {"name": "container", "image": "container", "containerPort": "prot"}
draft.register(level)
