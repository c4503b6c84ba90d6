# earns: You found that scikit-learn 1.6.1 trained the model
ask(production, "/proba", APPLICATION)
errors = [line for line in log(production, 60).splitlines() if line.startswith("AttributeError")]
hand_in("cause", because=errors[-1], trained="1.6.1", runs=SKLEARN)
