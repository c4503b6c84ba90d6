# earns: 'the host': that is none of the four answers
found = {name: inside(production, command) for name, command in QUESTIONS.items()}
hand_in("inside", **found, shared="the host")
