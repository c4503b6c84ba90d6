# earns: You say that the container shares its packages: of that it has its own.
found = {name: inside(production, command) for name, command in QUESTIONS.items()}
hand_in("inside", **found, shared="packages")
