from pathlib import Path

import docker

Path("Dockerfile").write_text("""\
FROM python:3.11
RUN python -m pip install scikit-learn \\
 && python -m pip install flask
ADD app.py /opt/api/
ADD model.pkl /opt/api/
EXPOSE 8080
CMD python /opt/api/app.py
""")
docker.from_env().images.build(path=".", tag="credit-api:1")
