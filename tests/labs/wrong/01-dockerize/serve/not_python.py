# earns: SyntaxError: invalid syntax
Path("app.py").write_text(Path("app.py").read_text().replace("app = Flask", "app == = Flask"))
try_app(values["port"])
