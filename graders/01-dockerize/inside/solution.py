found = {name: inside(production, command) for name, command in QUESTIONS.items()}
show(laptop, found)
hand_in("inside", **found, shared="kernel")
