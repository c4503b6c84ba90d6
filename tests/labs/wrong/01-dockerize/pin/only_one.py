# earns: asks pip for flask: the next build may get another version.

build(current().replace("flask scikit-learn", f"flask scikit-learn=={SKLEARN}"))
