"""The docker command line, each one installed here, against the engine."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from engine.registry_stand_in import RegistryStandIn

from dockyard.sandbox.engine import Engine

INSTALLED = [path for path in ("/usr/bin/docker", "/usr/local/bin/docker") if Path(path).exists()]
CLIENTS = INSTALLED or [shutil.which("docker") or ""]


@pytest.fixture(params=CLIENTS)
def docker(request: pytest.FixtureRequest, engine: Engine, tmp_path: Path) -> list[str]:
    if not request.param:
        pytest.skip("no docker command line is installed here")
    return [request.param, "--config", str(tmp_path / "config"), "--host", engine.address]


def run(docker: list[str], *words: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "DOCKER_BUILDKIT": "0"}
    return subprocess.run([*docker, *words], env=environment, input=given, capture_output=True, text=True, timeout=60)


def good(docker: list[str], *words: str, given: str | None = None) -> str:
    done = run(docker, *words, given=given)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_from_build_to_pull(docker: list[str], project: Path, registry: RegistryStandIn) -> None:
    name = f"{registry.host}/123456789012/credit:1.0"
    built = good(docker, "build", "-t", "credit:1.0", str(project))
    assert "Successfully tagged credit:1.0" in built
    assert "Login Succeeded" in good(docker, "login", "-u", "AWS", "--password-stdin", registry.host, given="secret")
    good(docker, "tag", "credit:1.0", name)
    assert "1.0: digest: sha256:" in good(docker, "push", name)
    good(docker, "rmi", name, "credit:1.0")
    assert "Downloaded newer image" in good(docker, "pull", name)
    assert name in good(docker, "images", "--format", "{{.Repository}}:{{.Tag}}")
    assert "pip install" in good(docker, "history", "--no-trunc", name)
    assert good(docker, "inspect", "--format", "{{.Config.User}}", name) == "1000\n"
    assert "No such object: nothing" in run(docker, "inspect", "nothing").stderr


def test_a_layer_is_as_large_as_its_files_and_not_as_they_are_packed(docker: list[str], tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("1,0,1\n" * 50_000)
    (tmp_path / "Dockerfile").write_text(
        "FROM scratch\nCOPY data.csv /data/\nWORKDIR /app\nCOPY Dockerfile /app/\nLABEL a=b\n"
    )
    written = (tmp_path / "Dockerfile").stat().st_size
    good(docker, "build", "-t", "data:1", str(tmp_path))
    shown = good(docker, "history", "--format", "{{.CreatedBy}} {{.Size}}", "data:1").splitlines()
    assert [line.rpartition(" ")[2] for line in shown] == ["0B", f"{written}B", "0B", "300kB"], "newest first"
    assert good(docker, "images", "--format", "{{.Size}}", "data") == "300kB\n"
    inspected = good(docker, "inspect", "--format", "{{.Size}}", "data:1")
    assert int(inspected) == 300_000 + written
    good(docker, "save", "-o", str(tmp_path / "saved.tar"), "data:1")
    good(docker, "rmi", "data:1")
    good(docker, "load", "-i", str(tmp_path / "saved.tar"))
    assert good(docker, "inspect", "--format", "{{.Size}}", "data:1") == inspected


def test_what_is_wrong_is_shown_as_a_sentence(docker: list[str], tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM python:3.12-slim\nEXPOSE web\n")
    done = run(docker, "build", str(tmp_path))
    assert done.returncode == 1
    assert "Invalid containerPort: web. (Dockerfile line 2)" in done.stderr
    assert "Traceback" not in done.stderr


def test_quiet_prints_the_id_alone(docker: list[str], project: Path) -> None:
    assert good(docker, "build", "-q", str(project)).startswith("sha256:")


def test_a_dockerfile_from_outside_the_context_works(docker: list[str], project: Path, tmp_path: Path) -> None:
    outside = tmp_path / "Elsewhere"
    outside.write_text("FROM python:3.12-slim\nCOPY app.py /\n")
    assert "Successfully built" in good(docker, "build", "-f", str(outside), str(project))


def test_a_dockerfile_from_standard_input_works(docker: list[str]) -> None:
    options = ["--build-arg", "X=1", "--label", "k=v", "--no-cache", "--platform", "linux/arm64"]
    text = "FROM python:3.12-slim\nARG X\nLABEL x=$X\n"
    identifier = good(docker, "build", "-q", *options, "-", given=text).strip()
    shown = good(docker, "inspect", "--format", "{{.Architecture}} {{.Config.Labels}}", identifier)
    assert shown == "arm64 map[k:v x:1]\n"


def test_it_shows_itself(docker: list[str]) -> None:
    assert "Dockyard simulated engine" in good(docker, "version")
    assert "Server Version" in good(docker, "info")
    assert good(docker, "ps", "-q") == ""


def test_a_wrong_password_is_refused(docker: list[str], registry: RegistryStandIn) -> None:
    done = run(docker, "login", "-u", "AWS", "--password-stdin", registry.host, given="wrong")
    assert done.returncode == 1
    assert f"login attempt to http://{registry.host}/v2/ failed with status: 401 Unauthorized" in done.stderr
