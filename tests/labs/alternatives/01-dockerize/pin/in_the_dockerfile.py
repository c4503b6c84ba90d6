import sklearn

pinned = f"flask==3.1.2 'scikit-learn=={sklearn.__version__}' numpy==2.3.4"
build(current().replace("flask scikit-learn", pinned))
