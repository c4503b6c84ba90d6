# earns: The storm came to 6 tasks
scaling.register_scalable_target(**target, MinCapacity=6)
