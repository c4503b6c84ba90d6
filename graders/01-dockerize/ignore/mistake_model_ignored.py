# earns: holds no model.pkl.
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
