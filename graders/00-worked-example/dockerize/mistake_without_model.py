# earns: The image credit-api:1 holds no model.pkl.
from pathlib import Path

import docker

Path("Dockerfile").write_text("""\
FROM python:3.12-slim
WORKDIR /app
RUN pip install --no-cache-dir flask scikit-learn
COPY app.py ./
EXPOSE 8080
CMD ["python", "app.py"]
""")

engine = docker.from_env()
image, log = engine.images.build(path=".", tag="credit-api:1")
