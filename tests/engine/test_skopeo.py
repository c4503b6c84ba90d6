"""skopeo, which shares no line with us, accepts what the engine pushed: manifest, configuration and every layer."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import docker
import pytest
from engine.registry_stand_in import RegistryStandIn

SKOPEO = shutil.which("skopeo")
pytestmark = pytest.mark.skipif(SKOPEO is None, reason="skopeo is not installed here")


def skopeo(*words: str) -> str:
    command = [SKOPEO or "", "--insecure-policy", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def pushed(client: docker.DockerClient, project: Path, registry: RegistryStandIn) -> str:
    name = f"{registry.host}/123456789012/credit"
    client.images.build(path=str(project), tag=f"{name}:1.0")
    client.images.push(name, tag="1.0", auth_config={"username": "AWS", "password": "secret"})
    return f"docker://{name}:1.0"


def test_it_inspects_what_was_pushed(pushed: str) -> None:
    seen = json.loads(skopeo("inspect", "--no-tags", "--tls-verify=false", "--creds", "AWS:secret", pushed))
    assert (seen["Os"], seen["Architecture"], len(seen["Layers"])) == ("linux", "amd64", 5)
    assert "PYTHON_VERSION=3.12.12" in seen["Env"]


@pytest.mark.parametrize("target", ["oci:{}/layout:1.0", "docker-archive:{}/image.tar:credit:1.0", "dir:{}/folder"])
def test_it_copies_every_layer_into_any_form(pushed: str, target: str, tmp_path: Path) -> None:
    skopeo("copy", "--src-tls-verify=false", "--src-creds", "AWS:secret", pushed, target.format(tmp_path))


def test_it_converts_to_dockers_own_manifest(pushed: str, tmp_path: Path) -> None:
    target = f"dir:{tmp_path}/folder"
    skopeo("copy", "--format", "v2s2", "--src-tls-verify=false", "--src-creds", "AWS:secret", pushed, target)
    manifest = json.loads((tmp_path / "folder" / "manifest.json").read_text())
    assert manifest["mediaType"] == "application/vnd.docker.distribution.manifest.v2+json"
