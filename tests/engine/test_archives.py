"""Images saved to a tar and loaded from one: by us, by skopeo, and as another engine would have written it."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import shutil
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import docker
import pytest
from docker.errors import APIError, ImageLoadError
from engine.test_skopeo import skopeo

from dockyard.containers.images import Images


def archive(files: dict[str, bytes]) -> bytes:
    """A tar with these files in it."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, data in files.items():
            header = tarfile.TarInfo(name)
            header.size = len(data)
            tar.addfile(header, io.BytesIO(data))
    return out.getvalue()


def foreign(layer: bytes, **changes: Any) -> bytes:
    """What `docker save` of Docker 20 would write for an image of one layer."""
    plain = gzip.decompress(layer) if layer[:2] == b"\x1f\x8b" else layer
    diff_id = f"sha256:{hashlib.sha256(plain).hexdigest()}"
    config = {"architecture": "amd64", "os": "linux", "config": {"Cmd": ["sh"]}, "rootfs": {"diff_ids": [diff_id]}}
    text = json.dumps({**config, **changes}).encode()
    name = hashlib.sha256(text).hexdigest()
    manifest = [{"Config": f"{name}.json", "RepoTags": ["other:2"], "Layers": ["a/layer.tar"]}]
    return archive({"a/layer.tar": layer, f"{name}.json": text, "manifest.json": json.dumps(manifest).encode()})


@pytest.fixture
def saved(client: docker.DockerClient, project: Path, tmp_path: Path) -> Path:
    """The project's image in a file."""
    image, _ = client.images.build(path=str(project), tag="credit:1.0")
    file = tmp_path / "credit.tar"
    with file.open("wb") as target:
        target.writelines(image.save(named=True))
    return file


def test_an_image_comes_back_as_it_was(client: docker.DockerClient, saved: Path, images: Images) -> None:
    before = client.images.get("credit:1.0")
    held, size = images.image("credit:1.0"), before.attrs["Size"]
    client.images.remove("credit:1.0")
    for digest in [held.digest, held.id, *(layer.digest for layer in held.layers)]:
        images.blobs.path(digest).unlink()
    with saved.open("rb") as file:
        (loaded,) = client.images.load(file)
    assert (loaded.id, loaded.tags, loaded.attrs["Size"]) == (before.id, ["credit:1.0"], size)
    assert images.image("credit:1.0").digest == held.digest
    assert images.packages("credit:1.0") == ["flask==3.0.3"]


@pytest.mark.usefixtures("saved")
def test_several_names_share_one_archive(client: docker.DockerClient) -> None:
    client.images.get("credit:1.0").tag("credit:2.0")
    data = b"".join(client.api.get_image("credit"))
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        described = json.load(tar.extractfile("manifest.json"))  # type: ignore[arg-type]
        names = tar.getnames()
    assert [each["RepoTags"] for each in described] == [["credit:1.0", "credit:2.0"]]
    assert len(names) == len(set(names))
    assert all(place in names for place in described[0]["Layers"])


@pytest.mark.skipif(shutil.which("skopeo") is None, reason="skopeo is not installed here")
def test_skopeo_reads_what_is_saved_and_we_read_what_skopeo_writes(
    client: docker.DockerClient, saved: Path, tmp_path: Path
) -> None:
    identifier = client.images.get("credit:1.0").id
    seen = json.loads(skopeo("inspect", "--config", "--raw", f"docker-archive:{saved}"))
    assert seen["config"]["User"] == "1000"
    skopeo("copy", f"docker-archive:{saved}", f"oci:{tmp_path}/layout:1.0")
    subprocess.run(["tar", "-C", tmp_path / "layout", "-cf", tmp_path / "layout.tar", "."], check=True)
    skopeo("copy", f"docker-archive:{saved}", f"docker-archive:{tmp_path}/again.tar:again:1.0")
    client.images.remove("credit:1.0", force=True)
    for file in ("layout.tar", "again.tar"):
        with (tmp_path / file).open("rb") as content:
            (loaded,) = client.images.load(content)
        assert loaded.attrs["Config"]["User"] == "1000"
    assert loaded.tags == ["again:1.0"]
    assert loaded.id == identifier


@pytest.mark.parametrize("packed", [True, False], ids=["gzip", "plain"])
def test_an_archive_of_an_older_engine_is_read(client: docker.DockerClient, images: Images, packed: bool) -> None:
    layer = archive({"etc/motd": b"hello\n"})
    (loaded,) = client.images.load(foreign(gzip.compress(layer) if packed else layer))
    assert loaded.tags == ["other:2"]
    assert images.read_file("other:2", "/etc/motd") == b"hello\n"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"no tar", "unrecognized image format"),
        (archive({"x": b""}), "neither manifest.json nor index.json"),
        (archive({"etc/passwd": b""}), "docker export writes the files of a container"),
        (archive({"manifest.json": b"["}), "invalid archive"),
        (archive({"manifest.json": b'[{"Config":"../../etc/passwd","Layers":[]}]'}), "it has no file ../../etc/passwd"),
        (archive({"index.json": b'{"manifests":[{"digest":"sha256:../../x"}]}'}), "is not a digest"),
        (archive({"manifest.json": b"5"}), "invalid archive"),
        (foreign(archive({"a": b"b"}), rootfs={"diff_ids": ["sha256:" + "0" * 64]}), "invalid diffID for layer"),
        (foreign(archive({"a": b"b"}), rootfs={"diff_ids": []}), "invalid archive"),
        (foreign(archive({"a": b"b"}), config=[1]), "configuration is no object"),
    ],
)
def test_what_is_no_image_is_a_sentence(
    client: docker.DockerClient, images: Images, data: bytes, sentence: str
) -> None:
    with pytest.raises(ImageLoadError, match=sentence):
        client.images.load(data)
    assert images.table.images == {}
    assert sentence in images.table.refused_load


def test_what_is_not_there_cannot_be_saved(client: docker.DockerClient) -> None:
    with pytest.raises(APIError, match="No such image: nothing:latest"):
        b"".join(client.api.get_image("nothing"))


def test_prune_takes_what_has_no_name(client: docker.DockerClient, project: Path) -> None:
    first, _ = client.images.build(path=str(project), tag="credit:1.0")
    (project / "app.py").write_text("print('again')\n")
    client.images.build(path=str(project), tag="credit:1.0")
    assert client.images.prune(filters={"dangling": True, "label": ["none"]})["ImagesDeleted"] is None
    pruned = client.images.prune()
    assert pruned["ImagesDeleted"] == [{"Deleted": first.id}]
    assert pruned["SpaceReclaimed"] > 0
    assert client.images.prune(filters={"dangling": False})["ImagesDeleted"][0]["Untagged"] in (
        "credit:1.0",
        "python:3.12-slim",
    )
    assert client.images.list() == []
