# earns: Fargate requires that 'cpu' be defined at the task level.
level = {
    "family": "task",
    "requiresCompatibilities": "task",
    "networkMode": "task",
    "cpu": "container",
    "memory": "container",
    "name": "container",
    "image": "container",
    "containerPort": "port",
}
draft.register(level)
