"""Images read the same wherever they come from; blobs and tables survive crashes and new processes."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from dockyard.containers.blobs import BlobStore, digest_of
from dockyard.containers.images import Image, Images
from dockyard.containers.oci import canonical
from dockyard.containers.references import Reference
from dockyard.containers.table import ImageTable
from dockyard.errors import EngineError


def layer(files: Mapping[str, str]) -> bytes:
    """A layer as another builder would write it: names with ./, a hard link where the text starts with =."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as tar:
        for name, text in files.items():
            member = tarfile.TarInfo(f"./{name}")
            if text == "/":
                member.type = tarfile.DIRTYPE
            elif text.startswith("="):
                member.type, member.linkname = tarfile.LNKTYPE, f"./{text[1:]}"
            else:
                member.size = len(text)
            tar.addfile(member, io.BytesIO(text.encode()))
    return plain.getvalue()


def pushed(blobs: BlobStore, *layers: Mapping[str, str], compress: bool = True) -> bytes:
    """The manifest of an image that another builder pushed."""
    tars = [layer(each) for each in layers]
    packed = [gzip.compress(tar) if compress else tar for tar in tars]
    config = {"os": "linux", "architecture": "amd64", "rootfs": {"diff_ids": [digest_of(tar) for tar in tars]}}
    described = [{"digest": blobs.write(data), "size": len(data)} for data in packed]
    return canonical({"schemaVersion": 2, "config": {"digest": blobs.write(canonical(config))}, "layers": described})


def test_whiteouts_hide_what_lies_below(images: Images) -> None:
    lower = {"a/": "/", "a/one": "1", "a/two": "22", "b/": "/", "b/x": "x", "c": "c", "d/": "/", "d/e": "e"}
    upper = {"a/.wh.one": "", "b/.wh..wh..opq": "", "b/y": "y", ".wh.c": "", "d": "now a file"}
    image = Image.from_manifest(images.blobs, pushed(images.blobs, lower, upper))
    assert list(image.files()) == ["/a", "/a/two", "/b", "/b/y", "/d"]
    assert image.files()["/b/y"].layer_index == 1
    assert "/a/.wh.one" in image.layer_files(1)


@pytest.mark.parametrize("compress", [True, False])
def test_files_read_from_the_layer_that_has_them(images: Images, compress: bool) -> None:
    manifest = pushed(images.blobs, {"a": "old", "b": "bb", "hard": "=b"}, {"a": "new"}, compress=compress)
    image = Image.from_manifest(images.blobs, manifest)
    assert [image.read_file(path) for path in ("/a", "b", "/hard", "/none")] == [b"new", b"bb", b"bb", None]
    assert image.files()["/hard"].size == 2


def test_packages_of_an_image_built_elsewhere_are_those_installed(images: Images) -> None:
    site = "usr/local/lib/python3.11/site-packages"
    metadata = {f"{site}/Flask_Cors-4.0.dist-info/METADATA": "", f"{site}/numpy-2.1.0.dist-info/METADATA": ""}
    image = Image.from_manifest(images.blobs, pushed(images.blobs, metadata))
    assert image.packages() == ["flask-cors==4.0", "numpy==2.1.0"]
    assert image.python_version() == "3.11"


def test_of_an_index_the_amd64_image_is_read(images: Images) -> None:
    arm, amd = pushed(images.blobs, {"arm": ""}), pushed(images.blobs, {"amd": ""})
    named = [
        {"digest": images.blobs.write(arm), "platform": {"architecture": "arm64"}},
        {"digest": images.blobs.write(amd), "platform": {"architecture": "amd64"}},
    ]
    assert list(Image.from_manifest(images.blobs, canonical({"manifests": named})).files()) == ["/amd"]


def test_an_unreadable_layer_is_named(images: Images) -> None:
    manifest = json.loads(pushed(images.blobs, {"a": ""}))
    manifest["layers"][0]["digest"] = images.blobs.write(b"\x28\xb5\x2f\xfd" + b"z" * 600)
    with pytest.raises(EngineError, match="is not a tar this engine can read"):
        Image.from_manifest(images.blobs, canonical(manifest)).files()


def test_an_image_is_found_by_every_name_docker_knows(build: Callable[..., tuple[Image, str]], images: Images) -> None:
    image, _ = build({"Dockerfile": "FROM python:3.12-slim\nENV A=1\n"}, tags=("127.0.0.1:4566/1/credit:1.0", "plain"))
    names = [
        "127.0.0.1:4566/1/credit:1.0",
        "plain",
        "plain:latest",
        "docker.io/library/plain",
        image.id,
        image.id[7:19],
    ]
    names += [image.digest, f"127.0.0.1:4566/1/credit@{image.digest}"]
    assert {images.image(name).id for name in names} == {image.id}
    assert images.tags() == ["127.0.0.1:4566/1/credit:1.0", "plain:latest", "python:3.12-slim"]
    with pytest.raises(EngineError, match="No such image: other"):
        images.image("other")


def test_tags_are_an_accounts_own_and_blobs_are_shared(build: Callable[..., tuple[Image, str]], images: Images) -> None:
    image, _ = build({"Dockerfile": "FROM python:3.12-slim\n"}, tags=("mine",))
    other = Images(images.blobs, ImageTable(Path("unwritten")))
    assert other.tags() == []
    assert Image.from_manifest(other.blobs, other.blobs.read(image.digest)) == image


def test_a_new_process_finds_the_table(tmp_path: Path) -> None:
    table = ImageTable(tmp_path, now=lambda: 5.0)
    table.add("sha256:1", "sha256:2")
    table.tag("sha256:1", Reference.parse("a/b:c"))
    table.pushed("sha256:1", "127.0.0.1:1/x")
    again = ImageTable(tmp_path)
    assert (again.tags, again.images) == ({"a/b:c": "sha256:1"}, table.images)
    assert again.images["sha256:1"].added == 5.0


@pytest.mark.parametrize(
    ("text", "host", "path", "tag"),
    [
        ("127.0.0.1:4566/123456789012/credit:1.0", "127.0.0.1:4566", "123456789012/credit", "1.0"),
        ("localhost/a", "localhost", "a", "latest"),
        ("docker.io/library/python:3.12", "", "python", "3.12"),
        ("team/credit", "", "team/credit", "latest"),
        ("registry.example/a__b/c-d.e:V_1", "registry.example", "a__b/c-d.e", "V_1"),
    ],
)
def test_names_are_read_as_docker_reads_them(text: str, host: str, path: str, tag: str) -> None:
    reference = Reference.parse(text)
    assert (reference.host, reference.path, reference.tag) == (host, path, tag)


@pytest.mark.parametrize(
    "text", ["", ":", "a:", "a b", "a//b", "-a", "a:b:c", "a@sha256:1", "a@", "a:.x", "/a", "../a"]
)
def test_names_docker_refuses_are_refused(text: str) -> None:
    with pytest.raises(EngineError, match="invalid reference format"):
        Reference.parse(text)


def test_capitals_in_a_name_have_their_own_sentence() -> None:
    with pytest.raises(EngineError, match="repository name must be lowercase"):
        Reference.parse("127.0.0.1:4566/Credit:1.0")
