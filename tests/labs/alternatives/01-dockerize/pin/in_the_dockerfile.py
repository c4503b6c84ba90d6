pinned = f"flask=={FLASK} 'scikit-learn=={SKLEARN}'"
build(current().replace("flask scikit-learn", pinned))
