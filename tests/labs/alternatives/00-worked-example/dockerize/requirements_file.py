from pathlib import Path

import docker

Path("requirements.txt").write_text("Flask==3.1.0\nscikit_learn>=1.5\ngunicorn\n")
Path(".dockerignore").write_text("bank.env\nlab.*\n.dockerignore\nDockerfile\n")
Path("Dockerfile").write_text("""\
FROM python:3.13-slim
ENV PYTHONUNBUFFERED=1
WORKDIR /srv/credit
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
RUN useradd --system api
USER api
EXPOSE 8080/tcp
ENTRYPOINT ["gunicorn", "--bind", "0.0.0.0:8080", "app:app"]
""")
docker.from_env().images.build(path=".", tag="registry.example/team/credit-api:1.0")
