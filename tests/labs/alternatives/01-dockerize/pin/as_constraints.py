Path("locked.txt").write_text("# what pip may take\n" + frozen(f"{values['image']}:1"))
build(current().replace("flask scikit-learn", "flask scikit_learn --constraint locked.txt"))
