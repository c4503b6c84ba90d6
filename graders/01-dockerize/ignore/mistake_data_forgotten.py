# earns: holds /app/data
Path(".dockerignore").write_text(f"""\
.git
__pycache__/
*.ipynb
peek/
Dockerfile
.dockerignore
{values["secret"]}
""")
build(current())
