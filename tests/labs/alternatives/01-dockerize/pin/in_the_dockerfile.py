pinned = " ".join(f"'{line}'" for line in frozen(f"{values['image']}:1").split())
build(current().replace("flask scikit-learn", pinned))
