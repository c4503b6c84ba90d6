"""The wheel is what schools install: it holds the labs, needs nothing of the repository, and serves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
from running import free_port

ROOT = Path(__file__).parents[1]


def run(*command: str | Path, cwd: Path, **more: str) -> str:
    """The command's standard output; its failure is the test's."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "VIRTUAL_ENV", "PIP_NO_INDEX"))
    }
    ended = subprocess.run(command, cwd=cwd, env={**environment, **more}, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


PIP = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    run(*PIP, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT, cwd=folder)
    return next(folder.glob("dockyard-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, package_index: None) -> Path:  # noqa: ARG001 -- for its skip
    """The folder of a clean virtual environment's programs, with the wheel and its dependencies installed."""
    venv.create(wheel.parent / "clean", with_pip=False)
    python = wheel.parent / "clean" / "bin" / "python"
    # Not compiled: most of it is never imported here.
    options = ("--no-compile", "--constraint", ROOT / "constraints.txt")
    run(*PIP, "--python", python, "install", *options, wheel, cwd=wheel.parent)
    return python.parent


def test_the_wheel_holds_the_course_and_no_caches(wheel: Path) -> None:
    shipped = {name for name in zipfile.ZipFile(wheel).namelist() if "/_content/" in name}
    lying = [file.relative_to(ROOT) for kind in ("labs", "graders") for file in (ROOT / kind).rglob("*.*")]
    ours = [file for file in lying if not any(part.startswith((".", "__")) for part in file.parts)]
    assert shipped == {f"dockyard/_content/{file.as_posix()}" for file in ours}


def test_the_installed_wheel_serves_and_judges(installed: Path, tmp_path: Path) -> None:
    port, data = str(free_port()), str(tmp_path / "data")
    up = subprocess.Popen(
        [installed / "dockyard", "up", "--port", port, "--data", data], cwd=tmp_path, stdout=subprocess.PIPE, text=True
    )
    try:
        assert up.stdout is not None
        assert up.stdout.readline() == f"Dockyard is ready at http://127.0.0.1:{port}\n"
        variables = json.loads(run(installed / "dockyard", "env", "--data", data, "--format", "json", cwd=tmp_path))
        program = "import boto3; print(boto3.client('ecs').list_clusters()['clusterArns'])"
        assert run(installed / "python", "-c", program, cwd=tmp_path, **variables) == "[]\n"
        judged = subprocess.run(
            [installed / "dockyard", "check", "00-worked-example"], cwd=tmp_path, env={**os.environ, **variables},
            capture_output=True, text=True,
        )  # fmt: skip
        assert judged.returncode == 1
        assert "not yet" in judged.stdout
        assert "0 of 100 points" in judged.stdout
    finally:
        up.terminate()
        up.communicate(timeout=30)


def test_the_base_install_is_light(installed: Path) -> None:
    listed = run(
        installed / "python", "-c", "import importlib.util as u; print(u.find_spec('jupyterlab'))", cwd=installed
    )
    assert listed == "None\n"
