# earns: Maximum capacity cannot be less than minimum capacity
registered = scaling.register_scalable_target(**target, MinCapacity=12, MaxCapacity=2)
print(registered["ScalableTargetARN"])
