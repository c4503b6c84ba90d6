# earns: with no load at all, 6 tasks were wanted.
scaling.register_scalable_target(**target, MinCapacity=6)
