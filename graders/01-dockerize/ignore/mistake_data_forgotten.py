# earns: holds /app/data
Path(".dockerignore").write_text(f"""\
.git
__pycache__/
*.ipynb
Dockerfile
.dockerignore
{values["secret"]}
""")
build(Path("Dockerfile").read_text())
