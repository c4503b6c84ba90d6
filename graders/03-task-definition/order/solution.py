level = {
    "family": "task",
    "requiresCompatibilities": "task",
    "networkMode": "task",
    "cpu": "task",
    "memory": "task",
    "name": "container",
    "image": "container",
    "essential": "container",
    "containerPort": "port",
    "protocol": "port",
}
draft.register(level)
