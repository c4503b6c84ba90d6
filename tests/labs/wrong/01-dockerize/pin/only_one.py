# earns: pip is asked for flask.

build(current().replace("flask scikit-learn", f"flask scikit-learn=={SKLEARN}"))
