# earns: A policy asked for a thousand tasks; the service went to 4.
registered = scaling.register_scalable_target(**target, MinCapacity=2, MaxCapacity=4)
print(registered["ScalableTargetARN"])
