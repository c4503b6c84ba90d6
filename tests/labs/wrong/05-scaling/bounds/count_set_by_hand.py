# earns: desiredCount was 1 before: somebody set it from outside
registered = scaling.register_scalable_target(**target, MinCapacity=2, MaxCapacity=int(values["most_tasks"]))
ecs.update_service(cluster=values["cluster"], service=values["service"], desiredCount=1)
