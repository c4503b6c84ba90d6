level = {
    "family": "task",
    "requiresCompatibilities": "task",
    "networkMode": "task",
    "cpu": "task",
    "memory": "task",
    "name": "container",
    "image": "container",
    "containerPort": "port",
}
draft.register(level)
