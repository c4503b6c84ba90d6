Path("locked.txt").write_text(f"Flask == {FLASK}  # the web server\nscikit_learn=={SKLEARN}\n")
build(current().replace("flask scikit-learn", "--requirement locked.txt"))
