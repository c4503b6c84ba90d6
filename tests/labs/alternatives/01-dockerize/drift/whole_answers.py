hand_in("drift", health=ask(production, "/health"), predict=ask(production, "/predict", ANOTHER), proba="500")
