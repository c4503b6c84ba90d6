# earns: quotes the error, and a warning too
ask(production, "/proba", APPLICATION)
lines = [line for line in log(production, 500).splitlines() if "Warning: " in line or "Error: " in line]
hand_in("cause", because=" ".join([*lines[:1], *lines[-1:]]), trained=SKLEARN, runs="1.6.1")
