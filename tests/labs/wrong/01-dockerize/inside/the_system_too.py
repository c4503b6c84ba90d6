# earns: You say that what the container shares is 'kernel and system'
found = {name: inside(production, command) for name, command in QUESTIONS.items()}
hand_in("inside", **found, shared="kernel and system")
