# earns: that warns of what may come, and nothing died of it.
ask(production, "/proba", APPLICATION)
warned = [line for line in log(production, 500).splitlines() if "InconsistentVersionWarning" in line]
hand_in("cause", because=(warned or ["no warning"])[-1])
