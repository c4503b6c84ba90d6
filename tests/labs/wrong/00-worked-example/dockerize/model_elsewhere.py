# earns: but /app/app.py does not look there.
from pathlib import Path

import docker
import sklearn

Path("Dockerfile").write_text(f"""\
FROM python:3.12-slim
WORKDIR /app
RUN pip install --no-cache-dir flask scikit-learn=={sklearn.__version__}
COPY app.py ./
COPY model.pkl /models/
EXPOSE 8080
CMD ["python", "app.py"]
""")

engine = docker.from_env()
image, log = engine.images.build(path=".", tag="credit-api:1")
for line in log:
    print(line.get("stream", ""), end="")
