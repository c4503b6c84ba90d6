# earns: You say that what the container shares is 'packages': of that it has its own.
found = {name: inside(production, command) for name, command in QUESTIONS.items()}
hand_in("inside", **found, shared="packages")
