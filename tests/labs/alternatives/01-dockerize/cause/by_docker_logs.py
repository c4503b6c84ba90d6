print(ask(production, "/proba", ANOTHER))
error = [line for line in production.logs().decode().splitlines() if "has no attribute" in line][0]
installed = inside(production, "pip freeze")
runs = next(line for line in installed.splitlines() if line.startswith("scikit-learn==")).partition("==")[2]
hand_in("cause", because=error.split(": ", 1)[1], trained=SKLEARN, runs=runs)
