# earns: A policy asked for a thousand tasks; the service went to 4.
scaling.register_scalable_target(**target, MinCapacity=2, MaxCapacity=4)
