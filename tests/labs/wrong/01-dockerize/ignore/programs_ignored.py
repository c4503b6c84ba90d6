# earns: .dockerignore: *.py

Path(".dockerignore").write_text("*.py\n")
build(current())
