# earns: whoever pulls the image can read it.

Path(".gitignore").write_text(f"{values['secret']}\ndata/\n")
build(current())
