# earns: Your finding says nothing of trained and runs.
ask(production, "/proba", APPLICATION)
errors = [line for line in log(production, 60).splitlines() if line.startswith("AttributeError")]
hand_in("cause", because=errors[-1])
