# earns: holds no Python.
from pathlib import Path

import docker
import sklearn

Path("Dockerfile").write_text(f"""\
FROM debian:bookworm-slim
WORKDIR /app
COPY app.py model.pkl ./
EXPOSE 8080
CMD ["python", "app.py"]
""")

engine = docker.from_env()
image, log = engine.images.build(path=".", tag="credit-api:1")
for line in log:
    print(line.get("stream", ""), end="")
