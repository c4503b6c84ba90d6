"""What people do with docker every day, as one text of commands and what they must show: `everyday.txt`.

It is run against our engine; and against a real one, where DOCKYARD_REAL_ENGINE names its socket (`unix://…`) and that
engine has the base image. A section is a test. Its lines:

    $ COMMAND           run by the shell; what follows is what it prints, whole, up to the next command
    >>> EXPRESSION      evaluated with the docker SDK: `client` and BASE are at hand; what follows is its repr, or,
                        where it raises, the error in one line
    text ... text       three dots stand for anything
    exit N              its exit code, where that is not 0
    2> TEXT             its standard error holds this text
    dockyard| LINE      a line that holds for our engine only; docker| LINE for the real one only
"""

from __future__ import annotations

import ast
import gc
import http.client
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docker
import pytest
import urllib3
from engine.conftest import serving

from dockyard.containers.blobs import BlobStore
from dockyard.containers.images import Images
from dockyard.containers.table import ImageTable

BASE = os.environ.get("DOCKYARD_REAL_BASE", "python:3.11-slim")
REAL = os.environ.get("DOCKYARD_REAL_ENGINE", "")
TEXT = Path(__file__).with_name("everyday.txt")
CLIENT = shutil.which("docker") or ""


@dataclass
class Step:
    """One command or expression, and what it must show."""

    said: str
    shows: list[str] = field(default_factory=list)
    exit_code: int = 0
    wrong: list[str] = field(default_factory=list)


def sections() -> dict[str, list[Step]]:
    found: dict[str, list[Step]] = {}
    for line in TEXT.read_text().splitlines():
        only, bar, rest = line.partition("| ")
        if bar and only in ("dockyard", "docker"):
            if (only == "docker") != bool(REAL):
                continue
            line = rest
        if line.startswith("## "):
            steps = found[line[3:]] = []
        elif line.startswith(("$ ", ">>> ")):
            steps.append(Step(line))
        elif line.startswith("exit "):
            steps[-1].exit_code = int(line[5:])
        elif line.startswith("2> "):
            steps[-1].wrong.append(line[3:])
        elif line and not line.startswith("# "):
            steps[-1].shows.append(line)
    return found


SECTIONS = sections()


@pytest.fixture(scope="module")
def one_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The engine that all sections share: ours, or the real one."""
    if REAL:
        yield REAL
        return
    folder = tmp_path_factory.mktemp("everyday")
    images = Images(BlobStore(folder / "blobs"), ImageTable(folder, now=time.time))
    with tempfile.TemporaryDirectory(prefix="dy") as short, serving(Path(short) / "d", images, folder / "c") as engine:
        yield engine.address


@pytest.fixture
def address(one_engine: str) -> Iterator[str]:
    """Where the engine is; nothing of a section stays."""
    yield one_engine
    shell = "docker ps -aq | xargs -r docker rm -fv; docker images -q every | xargs -r docker rmi -f"
    environment = {**os.environ, "DOCKER_HOST": one_engine}
    subprocess.run(["bash", "-c", shell], env=environment, capture_output=True, timeout=60, check=True)


@pytest.mark.skipif(not CLIENT, reason="no docker command line is installed here")
@pytest.mark.parametrize("name", SECTIONS)
def test_everyday(name: str, address: str, tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    environment = {
        **os.environ, "DOCKER_HOST": address, "DOCKER_BUILDKIT": "0", "DOCKER_CONFIG": str(tmp_path / "config"),
        "BASE": BASE,
    }  # fmt: skip
    client = docker.DockerClient(base_url=address, timeout=30)
    names: dict[str, Any] = {"client": client, "BASE": BASE, "docker": docker}
    if not REAL:
        client.images.pull(BASE)
    try:
        for step in SECTIONS[name]:
            if step.said.startswith("$ "):
                in_shell(step, environment, tmp_path)
            else:
                assert_shown(step, evaluated(step.said[4:], names))
    finally:
        client.close()
        collect(names)


def collect(names: dict[str, Any]) -> None:
    """docker-py leaves the socket of an attach to the collector, which would blame a test that comes later.

    The answer it came with closes after its socket, and cannot: since Python 3.13 that is told as well.
    """
    tell, answers = sys.unraisablehook, (http.client.HTTPResponse, urllib3.HTTPResponse)
    with warnings.catch_warnings(), pytest.MonkeyPatch.context() as patched:
        warnings.simplefilter("ignore", ResourceWarning)
        patched.setattr(sys, "unraisablehook", lambda one: isinstance(one.object, answers) or tell(one))
        names.clear()
        gc.collect()


def in_shell(step: Step, environment: dict[str, str], folder: Path) -> None:
    command = ["bash", "-c", step.said[2:]]
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == step.exit_code, f"{step.said}\n{done.stdout}{done.stderr}"
    assert_shown(step, done.stdout)
    for text in step.wrong:
        assert matches(f"...{text}...", done.stderr), f"{step.said}\n{done.stderr}"


def evaluated(text: str, names: dict[str, Any]) -> str:
    """Carry the statements out; the last one's repr, where it is an expression that is not None."""
    statements = ast.parse(text).body
    last = statements.pop() if isinstance(statements[-1], ast.Expr) else None
    try:
        exec(compile(ast.Module(statements, []), "everyday", "exec"), names)
        value = eval(compile(ast.Expression(last.value), "everyday", "eval"), names) if last else None
    except docker.errors.DockerException as error:
        said = getattr(error, "explanation", None) or str(error)
        return f"{type(error).__name__}: {said}"
    return "" if value is None else repr(value)


def assert_shown(step: Step, shown: str) -> None:
    lines = [line for line in shown.splitlines() if not line.startswith("dockyard: ")]
    assert matches("\n".join(step.shows), "\n".join(lines)), f"{step.said}\n" + "\n".join(lines)


def matches(pattern: str, text: str) -> bool:
    expression = ".*".join(re.escape(part) for part in pattern.split("..."))
    return re.fullmatch(expression, text.strip("\n"), re.DOTALL) is not None
