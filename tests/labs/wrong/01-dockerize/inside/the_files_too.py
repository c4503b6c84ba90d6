# earns: You say that what the container shares is 'kernel and files'
found = {name: inside(production, command) for name, command in QUESTIONS.items()}
hand_in("inside", **found, shared="kernel and files")
