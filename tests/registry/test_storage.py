"""A registry behind ours: what is pushed is in both, what the disk lost comes back, and what holds when it is away."""

from __future__ import annotations

import json
import shutil
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from running import free_port
from served import docker_registry

from dockyard.sandbox.registry import Registry, Storage

PROGRAM = shutil.which("docker-registry")
OCI = "application/vnd.oci.image.manifest.v1+json"
pytestmark = pytest.mark.skipif(PROGRAM is None, reason="Debian's docker-registry is not installed")


@dataclass
class Behind:
    """The storage's process, files and address."""

    process: Any
    folder: Path
    url: str

    def has(self, path: str) -> bool:
        """Whether it answers a GET of its own."""
        request = urllib.request.Request(f"{self.url}/v2/{path}", headers={"Accept": OCI})
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
            return bool(answer.read())


@pytest.fixture
def behind(registry: Any, stage: Any, tmp_path: Path) -> Iterator[Behind]:
    """A real registry behind the served one."""
    assert PROGRAM is not None
    port = free_port()
    with docker_registry(PROGRAM, tmp_path / "behind", port) as process:
        url = f"http://127.0.0.1:{port}"
        stage.application = Registry(registry.blobs, registry.tokens, registry.house, storage=Storage(url))
        token, _ = registry.tokens.issue(*CLAIMS)
        registry.token = token
        yield Behind(process, tmp_path / "behind", url)


CLAIMS = ("123456789012", "us-east-1", "arn:aws:iam::123456789012:user/learner", 4_000_000_000.0)


def lose(registry: Any) -> None:
    """The disk loses every blob."""
    for file in (registry.blobs.path(f"sha256:{'0' * 64}").parent).iterdir():
        file.unlink()


def test_what_is_pushed_is_in_both_and_what_the_disk_lost_comes_back(
    registry: Any, credit: str, behind: Behind
) -> None:
    layer = bytes(range(256)) * 20_000  # 5 MB
    digest, manifest = registry.push(credit, "v1", layer)
    needs = [json.loads(manifest)["config"]["digest"], json.loads(manifest)["layers"][0]["digest"]]
    assert all(behind.has(f"{credit}/blobs/{one}") for one in needs)
    assert behind.has(f"{credit}/manifests/{digest}")
    lose(registry)
    assert registry.ask("HEAD", f"/v2/{credit}/blobs/{needs[1]}").headers["Content-Length"] == str(len(layer))
    assert registry.ask("GET", f"/v2/{credit}/blobs/{needs[1]}").body == layer
    assert registry.ask("GET", f"/v2/{credit}/manifests/v1").body == manifest


def test_ecr_stays_the_door(registry: Any, credit: str, behind: Behind) -> None:
    digest, _ = registry.push(credit, "v1")
    registry.house.ask("BatchDeleteImage", repositoryName="credit", imageIds=[{"imageDigest": digest}])
    assert behind.has(f"{credit}/manifests/{digest}")
    assert registry.ask("GET", f"/v2/{credit}/manifests/v1").status == 404
    registry.house.ask("PutImageTagMutability", repositoryName="credit", imageTagMutability="IMMUTABLE")
    registry.push(credit, "v2", b"one")
    other = registry.ask("PUT", f"/v2/{credit}/manifests/v2", registry.push(credit, "v3", b"two")[1], Content_Type=OCI)
    assert (other.status, other.error["code"]) == (400, "TAG_INVALID")


def test_a_blob_that_was_changed_there_is_not_served(registry: Any, credit: str, behind: Behind) -> None:
    _, manifest = registry.push(credit, "v1", b"the layer")
    layer = json.loads(manifest)["layers"][0]["digest"]
    lose(registry)
    (data,) = behind.folder.glob(f"**/{layer.removeprefix('sha256:')}/data")
    data.write_bytes(b"another 1")
    assert registry.ask("GET", f"/v2/{credit}/blobs/{layer}").status == 404
    assert not registry.blobs.has(layer)


def test_while_it_is_away_a_push_is_one_sentence_and_what_is_here_is_served(
    registry: Any, credit: str, behind: Behind
) -> None:
    digest, manifest = registry.push(credit, "v1", b"here")
    config, layer = json.loads(manifest)["config"]["digest"], json.loads(manifest)["layers"][0]["digest"]
    registry.blobs.path(config).unlink()
    behind.process.terminate()
    behind.process.wait(timeout=30)
    assert registry.ask("GET", f"/v2/{credit}/manifests/{digest}").body == manifest
    assert registry.ask("GET", f"/v2/{credit}/blobs/{layer}").body == b"here"
    refusals = [
        registry.ask("GET", f"/v2/{credit}/blobs/{config}"),
        registry.ask("PUT", f"/v2/{credit}/manifests/v2", manifest, Content_Type=OCI),
    ]
    for refused in refusals:
        assert (refused.status, refused.error["code"]) == (503, "UNAVAILABLE")
        assert refused.error["message"].startswith(f"The registry's storage at {behind.url} does not answer")
    assert registry.ask("GET", f"/v2/{credit}/manifests/v2").status == 404
