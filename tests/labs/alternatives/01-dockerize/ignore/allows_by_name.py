Path(".dockerignore").write_text("*\n!*.py\n!model.pkl\n")
build(current())
