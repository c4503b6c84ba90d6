# earns: .dockerignore names app.py, so the build was not sent it.

Path(".dockerignore").write_text("*\n")
build(current())
