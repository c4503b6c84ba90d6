# earns: Fargate only supports network mode
level = {
    "family": "task",
    "requiresCompatibilities": "task",
    "cpu": "task",
    "memory": "task",
    "name": "container",
    "image": "container",
    "containerPort": "port",
}
ecs.register_task_definition(**draft.assembled(level))
