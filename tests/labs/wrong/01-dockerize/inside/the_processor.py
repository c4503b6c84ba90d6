# earns: 'CPU and processor time': a virtual machine shares that, too.
found = {name: inside(production, command) for name, command in QUESTIONS.items()}
hand_in("inside", **found, shared="CPU and processor time")
