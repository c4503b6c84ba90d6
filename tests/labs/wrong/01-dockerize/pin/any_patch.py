# earns: : pip is asked for scikit-learn==

minor = SKLEARN.rpartition(".")[0]
build(current().replace("flask scikit-learn", f"flask=={FLASK} scikit-learn=={minor}.*"))
