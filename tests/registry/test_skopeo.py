"""A real client: skopeo pushes an OCI image and pulls it back, byte for byte."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest

SKOPEO = shutil.which("skopeo")
pytestmark = pytest.mark.skipif(SKOPEO is None, reason="skopeo is not installed (Debian: apt-get install skopeo)")
OCI = "application/vnd.oci.image"


def write_layout(folder: Path, text: bytes) -> str:
    """An OCI layout with one image, tagged `image`; its manifest's digest."""
    (folder / "blobs/sha256").mkdir(parents=True)

    def keep(content: bytes, kind: str) -> dict[str, Any]:
        digest = hashlib.sha256(content).hexdigest()
        (folder / "blobs/sha256" / digest).write_bytes(content)
        return {"mediaType": f"{OCI}.{kind}", "digest": f"sha256:{digest}", "size": len(content)}

    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        member = tarfile.TarInfo("app/model.txt")
        member.size = len(text)
        tar.addfile(member, io.BytesIO(text))
    diff_id = f"sha256:{hashlib.sha256(archive.getvalue()).hexdigest()}"
    layer = keep(gzip.compress(archive.getvalue(), mtime=0), "layer.v1.tar+gzip")
    rootfs = {"type": "layers", "diff_ids": [diff_id]}
    config = keep(
        json.dumps({"architecture": "arm64", "os": "linux", "config": {}, "rootfs": rootfs}).encode(), "config.v1+json"
    )
    kind = f"{OCI}.manifest.v1+json"
    body = {"schemaVersion": 2, "mediaType": kind, "config": config, "layers": [layer]}
    manifest = keep(json.dumps(body).encode(), "manifest.v1+json")
    manifest["annotations"] = {"org.opencontainers.image.ref.name": "image"}
    (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [manifest]}))
    digest: str = manifest["digest"]
    return digest


def skopeo(*words: str) -> subprocess.CompletedProcess[str]:
    whole = [str(SKOPEO), "--insecure-policy", *words]
    return subprocess.run(whole, capture_output=True, text=True, check=False, timeout=60)


def test_push_and_pull(registry: Any, credit: str, tmp_path: Path) -> None:
    digest = write_layout(tmp_path / "here", b"a model")
    password = base64.b64decode(registry.token).decode()
    there = f"docker://127.0.0.1:{registry.port}/{credit}:1.0"
    pushed = skopeo(
        "copy", f"oci:{tmp_path / 'here'}:image", there, "--dest-tls-verify=false", "--dest-creds", password
    )
    assert pushed.returncode == 0, pushed.stderr
    (image,) = registry.house.ask("DescribeImages", repositoryName="credit")["imageDetails"]
    assert (image["imageDigest"], image["imageTags"]) == (digest, ["1.0"])
    pulled = skopeo("copy", there, f"oci:{tmp_path / 'back'}:image", "--src-tls-verify=false", "--src-creds", password)
    assert pulled.returncode == 0, pulled.stderr
    for blob in (tmp_path / "here/blobs/sha256").iterdir():
        assert (tmp_path / "back/blobs/sha256" / blob.name).read_bytes() == blob.read_bytes()
    inspected = skopeo("list-tags", there.rsplit(":", 1)[0], "--tls-verify=false", "--creds", password)
    assert json.loads(inspected.stdout)["Tags"] == ["1.0"]
    deleted = skopeo("delete", there, "--tls-verify=false", "--creds", password)
    assert deleted.returncode == 0, deleted.stderr
    assert registry.house.ask("DescribeImages", repositoryName="credit")["imageDetails"] == []


def test_what_skopeo_prints_when_it_is_refused(registry: Any, credit: str, tmp_path: Path) -> None:
    write_layout(tmp_path / "one", b"one")
    write_layout(tmp_path / "two", b"two")
    password = base64.b64decode(registry.token).decode()
    registry.house.ask("PutImageTagMutability", repositoryName="credit", imageTagMutability="IMMUTABLE")

    def push(layout: str, name: str, credentials: str) -> str:
        there = f"docker://127.0.0.1:{registry.port}/{name}"
        return skopeo(
            "copy", f"oci:{tmp_path / layout}:image", there, "--dest-tls-verify=false", "--dest-creds", credentials
        ).stderr

    assert "400" in push("one", f"{credit}:1.0", "AWS:hunter2")
    assert push("one", f"{credit}:1.0", password) == ""
    assert "already exists in the 'credit' repository and cannot be overwritten" in push(
        "two", f"{credit}:1.0", password
    )
    assert "The repository with name 'debit' does not exist" in push("one", credit.replace("credit", "debit"), password)
