# earns: answers 404, and 400 is what says: your request is wrong.
program = Path("app.py").read_text()
Path("app.py").write_text(program.replace("/proba", "/probability"))
Path(".dockerignore").write_text(f"""\
.git
__pycache__/
*.ipynb
peek/
try/
production/
findings/
laptop.py
*.tar
Dockerfile
.dockerignore
{values["secret"]}
data/
""")
build(current())
