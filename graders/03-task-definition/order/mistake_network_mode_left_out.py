# earns: Fargate only supports network mode
level = {
    "family": "task",
    "requiresCompatibilities": "task",
    "cpu": "task",
    "memory": "task",
    "name": "container",
    "image": "container",
    "essential": "container",
    "containerPort": "port",
    "protocol": "port",
}
ecs.register_task_definition(**draft.assembled(level))
