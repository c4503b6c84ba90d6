# earns: Ask in the container, not on your laptop
hand_in("inside", **laptop, shared="kernel")
