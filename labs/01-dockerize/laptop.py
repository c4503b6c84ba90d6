"""Your laptop, as this lab finds it: a trained model, a folder, and a few short words for what Docker is asked."""

import json
import pickle
import random
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path

import docker
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

engine = docker.from_env()
#: What this notebook's Python has, and trained the model with.
SKLEARN, FLASK = metadata.version("scikit-learn"), metadata.version("flask")
#: Two applications as the API gets them.
APPLICATION = {"income": 2.0, "debt": -0.5, "age": 0.5, "late_payments": -1.0}
ANOTHER = {"income": 2.0, "debt": -1.5, "age": 1.0, "late_payments": 1.0}

#: What runs in production: somebody wrote it in an afternoon.
PRODUCTION = """\
import os, pickle
from flask import Flask, request

api, model = Flask("production"), pickle.load(open("model.pkl", "rb"))
names = ["income", "debt", "age", "late_payments"]
numbers = lambda: [[request.json[name] for name in names]]

api.add_url_rule("/health", "h", lambda: {"status": "ok"})
api.add_url_rule("/predict", "p", lambda: {"approved": bool(model.predict(numbers())[0])}, methods=["POST"])
api.add_url_rule("/proba", "q", lambda: {"repaid": model.predict_proba(numbers())[0][1]}, methods=["POST"])
"""
SERVES = 'ENTRYPOINT ["flask", "--app", "{}", "run", "--host", "0.0.0.0", "--port", "{}"]\n'


def prepare(secret):
    """Train the model, and lay the folder out as such folders are: a key and a file of data lie beside it."""
    applications, repaid = make_classification(
        n_samples=500, n_features=4, n_informative=3, n_redundant=0, random_state=7
    )
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(applications, repaid)
    Path("model.pkl").write_bytes(pickle.dumps(model))
    Path(secret).write_text("BANK_API_KEY=made-up-for-this-lab\n")
    Path("data").mkdir(exist_ok=True)
    Path("data/applications.bin").write_bytes(random.randbytes(4_000_000))


def built(dockerfile, path=".", tag=""):
    """Save a Dockerfile, build it, and answer what the engine says, without its numbers of steps done."""
    Path(path, "Dockerfile").write_text(dockerfile)
    try:
        _, log = engine.images.build(path=path, tag=tag)
    except docker.errors.BuildError as error:
        log = [*error.build_log, {"stream": f"The build failed: {error.msg}\n"}]
    except docker.errors.APIError as error:
        log = [{"stream": f"The Dockerfile cannot be read: {error.explanation}\n"}]
    lines = "".join(line.get("stream", "") for line in log).splitlines()
    said = [line for line in lines if line.strip() and (not line.startswith(" --->") or "cache" in line)]
    return "\n".join(said)


def current():
    """Your Dockerfile as it is."""
    file = Path("Dockerfile")
    return file.read_text() if file.exists() else "There is no Dockerfile yet."


def beside(folder, dockerfile, tag, **files):
    """Build an image from a folder of its own, with copies of the model and of these files."""
    Path(folder).mkdir(exist_ok=True)
    Path(folder, "model.pkl").write_bytes(Path("model.pkl").read_bytes())
    for name, text in files.items():
        Path(folder, f"{name}.py").write_text(text)
    return built(dockerfile, folder, tag)


def build_production(port):
    """The image that is in production: its packages are those of the day somebody built it."""
    return beside(
        "production",
        "FROM python:3.11-slim\nRUN pip install flask scikit-learn==1.6.1\nWORKDIR /api\nCOPY . .\n"
        + SERVES.format("production:api", port),
        "production:1",
        production=PRODUCTION,
    )


def try_app(port):
    """An image to try app.py in, with the packages of this laptop."""
    return beside(
        "try",
        f"FROM python:3.12-slim\nRUN pip install flask=={FLASK} scikit-learn=={SKLEARN}\nWORKDIR /api\n"
        "COPY . .\n" + SERVES.format("app", port),
        "try:1",
        app=Path("app.py").read_text(),
    )


def frozen(image):
    """docker run --rm IMAGE pip freeze: every package in the image, NAME==VERSION, a line each."""
    return engine.containers.run(image, ["freeze"], entrypoint="pip", remove=True).decode()


def held(image):
    """Whether your engine holds an image of this name and tag."""
    return image in [tag for one in engine.images.list() for tag in one.tags]


def start(image, port, **more):
    """docker run -d -p 127.0.0.1::PORT IMAGE: a container, its port reachable on a free port of this machine."""
    container = engine.containers.run(image, detach=True, ports={f"{port}/tcp": ("127.0.0.1", None)}, **more)
    until = time.monotonic() + 10  # by the clock: where a class is graded, sleep returns at once
    while time.monotonic() < until:
        container.reload()
        if container.status != "running" or ask(container, "/health")[0]:
            break
        time.sleep(0.1)
    return container


def ask(container, path, body=None):
    """Ask a running container: (status, text), and status 0 where nobody answers."""
    published = [one for ports in container.ports.values() for one in ports or ()]
    if not published:
        return 0, "nothing runs there"
    address = f"http://127.0.0.1:{published[0]['HostPort']}{path}"
    content = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address, content, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode().strip()
    except urllib.error.HTTPError as error:
        text = " ".join(error.read().decode().split())
        title = text.partition("<title>")[2].partition("</title>")[0]
        return error.code, title.removeprefix(f"{error.code} ") or text[:120]
    except OSError as error:
        return 0, str(error)


def what_answers(container):
    """Which of its addresses answer, as the letter of the prediction; "" where this machine cannot run it."""
    if container.status != "running":
        print("It cannot run here: this machine has no scikit-learn 1.6.1, and no index gives it. Go on with step 4.")
        return ""
    if ask(container, "/health")[0] != 200:
        return "a"
    return "c" if ask(container, "/proba", APPLICATION)[0] == 200 else "b"


def log(container, lines=12):
    """The last lines of a container's log."""
    return container.logs(tail=lines).decode()


def inside(container, command):
    """docker exec: what a command says in the container."""
    try:
        return container.exec_run(["sh", "-c", command]).output.decode().strip()
    except docker.errors.APIError as error:
        return str(error.explanation)


class Slow:
    """A model that takes two seconds. A pickle says how its object is made: this one says so in a line of Python."""

    def __reduce__(self):
        thinks = "lambda self, rows: (print('thinking', flush=True), __import__('time').sleep(2), [1])[2]"
        return eval, (f"type('Slow', (), {{'predict': {thinks}}})()",)


def stop_at_work(image, port):
    """docker stop while a request is being answered: the request's status, 0 for no answer, and the exit code."""
    Path("peek").mkdir(exist_ok=True)
    slow = Path("peek/slow.pkl").resolve()
    slow.write_bytes(pickle.dumps(Slow()))
    folder = engine.images.get(image).attrs["Config"]["WorkingDir"] or "/"
    container = start(image, port, volumes=[f"{slow}:{folder}/model.pkl:ro"])
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(ask, container, "/predict", APPLICATION)
        while b"thinking" not in container.logs() and not asked.done():
            pass  # until the request is in hand
        container.stop(timeout=5)
    code = container.wait()["StatusCode"]
    container.remove()
    return asked.result()[0], code


def hand_in(step, **found):
    """Hand a finding in: as the labels of a small image, findings:STEP."""
    labels = "".join(f"LABEL {name}={json.dumps(str(text))}\n" for name, text in found.items())
    Path("findings").mkdir(exist_ok=True)
    built("FROM scratch\n" + labels, "findings", f"findings:{step}")
    print(f"handed in for {step}:", *(f"  {name}: {text}" for name, text in found.items()), sep="\n")


def hand_to_colleague(file):
    """A colleague has only your file: what it holds is loaded, and called colleague:1. Your own image stays."""
    with open(file, "rb") as archive:
        loaded = engine.images.load(archive)
    for image in loaded:
        image.tag("colleague", "1")
        print("loaded", *(image.tags or ["an image without a name"]))


#: A colleague's Dockerfile for your folder; the packages are those of try:1.
COPIES = "FROM try:1\nWORKDIR /app\nCOPY . .\n"


def a_colleague_copies_your_folder():
    """What a colleague does with it: the folder broken/, and the image broken:1 of it. Look there, not here."""
    Path("broken").mkdir(exist_ok=True)
    Path("broken/.dockerignore").write_text(".git\n__pycache__/\n*.p*\n!*.py\n")
    return beside("broken", COPIES, "broken:1", app=Path("app.py").read_text())


def without_that_line():
    """The same folder built again, with what is to blame taken out."""
    Path("broken/.dockerignore").write_text(".git\n__pycache__/\n")
    return beside("broken", COPIES, "broken:1", app=Path("app.py").read_text())


def stop_all():
    """Remove every container of this lab."""
    for container in engine.containers.list(all=True):
        container.remove(force=True)
