# earns: the next build may get another version.

minor = SKLEARN.rpartition(".")[0]
build(current().replace("flask scikit-learn", f"flask=={FLASK} scikit-learn=={minor}.*"))
