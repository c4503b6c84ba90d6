found = {name: inside(production, command) for name, command in QUESTIONS.items()}
hand_in("inside", **found, shared="the operating system's kernel")
