# earns: holds no model.pkl.
Path(".dockerignore").write_text(f"""\
.git
__pycache__/
*.ipynb
Dockerfile
.dockerignore
{values["secret"]}
data/
*.pkl
""")
build(Path("Dockerfile").read_text())
