"""From CreateService to the first prediction through the load balancer, on the live clock: what a learner waits for.

Knows nothing about how a task is run. The image is the example's own kind, flask and a scikit-learn model, built and
pushed through the docker SDK; it is new at the first service and known at the next ones.
"""

from __future__ import annotations

import base64
import http.client
import io
import tarfile
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import median

import docker
from containers import BASE
from example import BUILD, Example
from report import RUNS, Found, Row, spread
from servers import BIN, PATIENCE_SECONDS, POLL_SECONDS, Kind, Server, serving

#: All that comes before the service, untimed: so is the load balancer's becoming active.
PATIENCE = {"Delay": 0.5, "MaxAttempts": 100}
BEFORE = BUILD[: BUILD.index("make_service")]
APP = """
from flask import Flask
from sklearn.linear_model import LogisticRegression
model = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
app = Flask(__name__)
@app.get("/health")
def health():
    return "well"
@app.get("/predict")
def predict():
    return {"approved": bool(model.predict([[1.0]])[0])}
app.run(host="0.0.0.0", port=8080)
"""
DOCKERFILE = f"""
FROM {BASE}
RUN pip install flask scikit-learn
WORKDIR /app
COPY app.py .
CMD ["python", "app.py"]
"""


@dataclass(slots=True, frozen=True)
class Live(Kind):
    """Dockyard as `dockyard up` starts it: live clock, speed 20, containers as processes."""

    def command(self, port: int, home: Path) -> list[str]:
        """The command line that serves at the port."""
        return [str(self.program), "up", "--port", str(port), "--data", str(home / "data")]


class Predicting(Example):
    """The example with an image that really predicts."""

    @cached_property
    def engine(self) -> docker.DockerClient:
        """The sandbox's Docker engine."""
        return docker.DockerClient(base_url=self.server.variables["DOCKER_HOST"])

    def upload_layers(self) -> None:
        """Build the image and push it."""
        token = self.clients["ecr"].get_authorization_token()["authorizationData"][0]["authorizationToken"]
        user, _, password = base64.b64decode(token).decode().partition(":")
        self.engine.images.build(fileobj=context(), custom_context=True, tag=f"{self.uri}:1")
        said = self.engine.images.push(self.uri, tag="1", auth_config={"username": user, "password": password})
        if "error" in said:
            raise RuntimeError(said)

    def put_image(self) -> None:
        """The push has put the manifest."""

    def seconds_to_predict(self) -> float:
        """Real seconds from CreateService to the first prediction."""
        self.run(BEFORE)
        self.clients["elbv2"].get_waiter("load_balancer_available").wait(Names=[self.name], WaiterConfig=PATIENCE)
        before = time.perf_counter()
        self.make_service()
        while not predicts(self.server, self.name):
            if time.perf_counter() - before > PATIENCE_SECONDS:
                raise RuntimeError("no prediction came")
            time.sleep(POLL_SECONDS)
        return time.perf_counter() - before


def measure() -> Found:
    """Two rows: the image unknown, and known."""
    with serving(Live("dockyard", BIN / "dockyard")) as server:
        example = Predicting(server)
        new, *known = [_once(example) for _ in range(RUNS + 1)]
        example.engine.close()
    said = "create service to first prediction, speed 20"
    return Found(
        [
            Row(f"{said}: image seen first", new, "s", 4.0),
            Row(f"{said}: image known", median(known), "s", 4.0),
        ],
        [spread("image known", known)],
    )


def _once(example: Predicting) -> float:
    seconds = example.seconds_to_predict()
    example.clients["ecs"].delete_service(cluster=example.name, service="api", force=True)  # its tasks end by and by
    return seconds


def context() -> io.BytesIO:
    """The build context, as a tar archive."""
    found = io.BytesIO()
    with tarfile.open(fileobj=found, mode="w") as archive:
        for name, text in {"Dockerfile": DOCKERFILE, "app.py": APP}.items():
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    found.seek(0)
    return found


def predicts(server: Server, balancer: str) -> bool:
    """Whether /predict is answered through the load balancer now."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", f"/_alb/{balancer}/predict")
        answer = connection.getresponse()
        return answer.status == 200 and b"approved" in answer.read()
    finally:
        connection.close()
