# earns: that warns of what may come, and nothing died of it.
statuses = [ask(production, "/health")[0]]
statuses += [ask(production, path, APPLICATION)[0] for path in ("/predict", "/proba")]
warned = [line for line in log(production, 80).splitlines() if "InconsistentVersionWarning" in line]
hand_in("drift", health=statuses[0], predict=statuses[1], proba=statuses[2], because=(warned or ["no warning"])[-1])
