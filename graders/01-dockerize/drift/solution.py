statuses = [ask(production, "/health")[0]]
statuses += [ask(production, path, APPLICATION)[0] for path in ("/predict", "/proba")]
hand_in("drift", health=statuses[0], predict=statuses[1], proba=statuses[2])
