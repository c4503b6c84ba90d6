for path, body in (("/health", None), ("/predict", APPLICATION), ("/proba", ANOTHER)):
    print(path, ask(production, path, body))
error = [line for line in production.logs().decode().splitlines() if "has no attribute" in line][0]
hand_in("drift", health=200, predict=200, proba=500, because=error.split(": ", 1)[1])
