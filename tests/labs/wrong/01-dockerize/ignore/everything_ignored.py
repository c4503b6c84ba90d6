# earns: but that file is not in the image.

Path(".dockerignore").write_text("*\n")
build(current())
