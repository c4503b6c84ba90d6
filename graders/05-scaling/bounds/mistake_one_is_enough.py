# earns: A policy asked for no task at all; the service went to 1.
registered = scaling.register_scalable_target(**target, MinCapacity=1, MaxCapacity=int(values["most_tasks"]))
print(registered["ScalableTargetARN"])
