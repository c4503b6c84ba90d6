# earns: no line of the Dockerfile installs from it

Path("requirements.txt").write_text(frozen(f"{values['image']}:1"))
build(current().replace("RUN pip", "COPY requirements.txt ./\nRUN pip"))
