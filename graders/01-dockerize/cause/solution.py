ask(production, "/proba", APPLICATION)
errors = [line for line in log(production, 60).splitlines() if line.startswith("AttributeError")]
hand_in("cause", because=(errors or ["no error"])[-1], trained=SKLEARN, runs="1.6.1")
