import sklearn

Path("locked.txt").write_text(f"Flask == 3.1.2  # the web server\nscikit_learn=={sklearn.__version__}\n")
build(current().replace("flask scikit-learn", "--requirement locked.txt"))
