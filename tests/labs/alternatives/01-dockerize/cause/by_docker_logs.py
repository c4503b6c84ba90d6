print(ask(production, "/proba", ANOTHER))
error = [line for line in production.logs().decode().splitlines() if "has no attribute" in line][0]
hand_in("cause", because=error.split(": ", 1)[1])
