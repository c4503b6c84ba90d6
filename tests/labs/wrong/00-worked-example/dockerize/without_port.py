# earns: exposes no port; app.py serves on 8080.
from pathlib import Path

import docker
import sklearn

Path("Dockerfile").write_text(f"""\
FROM python:3.12-slim
WORKDIR /app
RUN pip install --no-cache-dir flask scikit-learn=={sklearn.__version__}
COPY app.py model.pkl ./
CMD ["python", "app.py"]
""")

engine = docker.from_env()
image, log = engine.images.build(path=".", tag="credit-api:1")
for line in log:
    print(line.get("stream", ""), end="")
