registered = scaling.register_scalable_target(**target, MinCapacity=2, MaxCapacity=int(values["most_tasks"]))
print(registered["ScalableTargetARN"])
