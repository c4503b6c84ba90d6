# earns: holds no model.pkl: .dockerignore names model.pkl, so the build was not sent it.
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
*.pkl
""")
build(current())
