# earns: answers 404, and 400 is what says: your request is wrong.
program = Path("app.py").read_text()
Path("app.py").write_text(program.replace("/proba", "/probability"))
Path("requirements.txt").write_text(frozen(f"{values['image']}:1"))
build(current().replace("flask scikit-learn", "-r requirements.txt"))
