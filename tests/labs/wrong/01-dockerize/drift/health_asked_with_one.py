# earns: a health check sends none: ask(production, "/health").
found = {name: ask(production, f"/{name}", APPLICATION)[0] for name in ("health", "predict", "proba")}
hand_in("drift", **found)
