statuses = [ask(production, "/health")[0]]
statuses += [ask(production, path, APPLICATION)[0] for path in ("/predict", "/proba")]
errors = [line for line in log(production, 60).splitlines() if line.startswith("AttributeError")]
hand_in("drift", health=statuses[0], predict=statuses[1], proba=statuses[2], because=(errors or ["no error"])[-1])
