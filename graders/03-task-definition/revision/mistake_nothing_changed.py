# earns: are the same in everything
ecs.register_task_definition(**blueprint())
