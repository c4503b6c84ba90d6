# earns: whoever pulls the image can read it.

Path(".dockerignore").write_text(f"{values['secret']}\ndata/\n")
