# earns: a user sends one: ask(production, "/predict", APPLICATION).
found = {name: ask(production, f"/{name}")[0] for name in ("health", "predict", "proba")}
hand_in("drift", **found)
