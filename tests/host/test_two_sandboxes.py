"""Two sandboxes on one machine do not meet, and neither leaves anything in the user's own home."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import docker
import pytest
from running import Running, running


@pytest.fixture
def two(tmp_path: Path) -> Iterator[tuple[Running, Running]]:
    with running(tmp_path / "one") as one, running(tmp_path / "two") as other:
        yield one, other


def login(sandbox: Running) -> tuple[str, str]:
    """The registry and its password."""
    (told,) = sandbox.client("ecr").get_authorization_token()["authorizationData"]
    return told["proxyEndpoint"].removeprefix("http://"), base64.b64decode(told["authorizationToken"])[4:].decode()


def test_they_share_nothing(two: tuple[Running, Running]) -> None:
    one, other = two
    shared = {name for name, value in one.variables.items() if other.variables[name] == value}
    assert shared == {
        "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_PROFILE", "AWS_EC2_METADATA_DISABLED", "no_proxy", "DOCKER_BUILDKIT",
    }  # fmt: skip
    one.client("ecs").create_cluster(clusterName="mine")
    one.control("POST", "clock/advance", {"seconds": 3600})
    with closing(docker.DockerClient(one.variables["DOCKER_HOST"])) as engine:
        engine.images.pull("python", tag="3.12-slim")
    assert other.client("ecs").list_clusters()["clusterArns"] == []
    assert other.control("GET", "clock", token=one.variables["DOCKYARD_TOKEN"])[0] == 401
    assert other.control("GET", "clock")[1]["now"] < one.control("GET", "clock")[1]["now"]
    with closing(docker.DockerClient(other.variables["DOCKER_HOST"])) as engine:
        assert engine.images.list() == []


def test_docker_keeps_its_passwords_in_the_data_folder(two: tuple[Running, Running], tmp_path: Path) -> None:
    program = shutil.which("docker")
    if program is None:
        pytest.skip("no docker command line is installed here")
    (tmp_path / "Dockerfile").write_text("FROM python:3.12-slim\n")
    home = tmp_path / "home"
    home.mkdir()
    for sandbox in two:
        registry, password = login(sandbox)
        uri = sandbox.client("ecr").create_repository(repositoryName="credit")["repository"]["repositoryUri"]
        environment = {**sandbox.environment, "HOME": str(home)}

        def run(*words: str, given: str = "", environment: dict[str, str] = environment) -> None:
            subprocess.run(
                [program, *words], env=environment, input=given, check=True, capture_output=True, text=True, timeout=60
            )

        run("login", "--username", "AWS", "--password-stdin", registry, given=password)
        run("build", "--tag", f"{uri}:1", str(tmp_path))
        run("push", f"{uri}:1")
        assert sandbox.client("ecr").list_images(repositoryName="credit")["imageIds"]
        folder = Path(sandbox.variables["DOCKER_CONFIG"])
        assert folder.stat().st_mode & 0o077 == 0
        assert list(json.loads((folder / "config.json").read_text())["auths"]) == [registry]
    assert list(home.iterdir()) == []


def test_the_sdk_reads_the_same_passwords(
    two: tuple[Running, Running], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It reads the file that `docker login` wrote, and a login of its own never leaves the process."""
    sandbox, _ = two
    registry, password = login(sandbox)
    uri = sandbox.client("ecr").create_repository(repositoryName="credit")["repository"]["repositoryUri"]
    (tmp_path / "Dockerfile").write_text("FROM python:3.12-slim\n")
    basic = base64.b64encode(f"AWS:{password}".encode()).decode()
    folder = Path(sandbox.variables["DOCKER_CONFIG"])
    (folder / "config.json").write_text(json.dumps({"auths": {registry: {"auth": basic}}}))
    for name in ("DOCKER_CONFIG", "DOCKER_HOST"):
        monkeypatch.setenv(name, sandbox.variables[name])
    with closing(docker.from_env()) as engine:
        engine.images.build(path=str(tmp_path), tag=f"{uri}:1")
        assert "error" not in engine.images.push(uri, tag="1")
    assert sandbox.client("ecr").list_images(repositoryName="credit")["imageIds"][0]["imageTag"] == "1"
