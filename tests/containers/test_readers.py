"""What shares no line with us reads our images as we do: skopeo copies them, umoci unpacks the very files we name."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from dockerfile_cases import all_cases, packed

from dockyard.containers.build import Build, Order
from dockyard.containers.context import Context
from dockyard.containers.images import Image, Images

CASES = [case for case in all_cases() if case.name in ("copy-through-links", "copy-over", "multi-stage-files")]
UMOCI, SKOPEO = shutil.which("umoci"), shutil.which("skopeo")


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def image(request: pytest.FixtureRequest, images: Images, tmp_path: Path) -> Image:
    with Context(packed(request.param.lay_out(tmp_path / "context"), tmp_path / "context.tar")) as context:
        return Build(images, context, Order()).run(lambda _: None)


@pytest.fixture
def layout(image: Image, tmp_path: Path) -> Path:
    """The image as an OCI layout: its blobs lie as the specification wants them already."""
    folder = tmp_path / "layout"
    folder.mkdir()
    (folder / "blobs").symlink_to(image.blobs.path(image.digest).parents[1])
    (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    kind, size = image.manifest["mediaType"], image.blobs.size(image.digest)
    named = {"mediaType": kind, "digest": image.digest, "size": size}
    named["annotations"] = {"org.opencontainers.image.ref.name": "1"}
    (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [named]}))
    return folder


def run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def seen(path: Path) -> tuple[object, ...]:
    facts = path.lstat()
    if stat.S_ISLNK(facts.st_mode):
        return "link", os.readlink(path)
    owner = (facts.st_uid, facts.st_gid) if os.geteuid() == 0 else ()
    if stat.S_ISDIR(facts.st_mode):
        return "directory", stat.S_IMODE(facts.st_mode), owner
    return "file", stat.S_IMODE(facts.st_mode), owner, path.read_bytes()


def read(image: Image, path: str) -> tuple[object, ...]:
    entry = image.files()[path]
    if entry.kind == "link":
        return "link", entry.target
    owner = (entry.uid, entry.gid) if os.geteuid() == 0 else ()
    if entry.kind == "directory":
        return "directory", entry.mode, owner
    return "file", entry.mode, owner, image.read_file(path)


@pytest.mark.skipif(UMOCI is None, reason="umoci is not installed (Debian: apt-get install umoci)")
def test_umoci_unpacks_the_files_that_we_name(image: Image, layout: Path, tmp_path: Path) -> None:
    rootless = [] if os.geteuid() == 0 else ["--rootless"]
    run(UMOCI or "", "unpack", *rootless, "--image", f"{layout}:1", str(tmp_path / "bundle"))
    root = tmp_path / "bundle" / "rootfs"
    unpacked = {"/" + path.relative_to(root).as_posix(): seen(path) for path in root.rglob("*")}
    assert unpacked == {path: read(image, path) for path in image.files()}


@pytest.mark.skipif(SKOPEO is None, reason="skopeo is not installed (Debian: apt-get install skopeo)")
def test_skopeo_copies_them_and_makes_dockers_archive_of_them(layout: Path, tmp_path: Path) -> None:
    run(SKOPEO or "", "--insecure-policy", "copy", f"oci:{layout}:1", f"docker-archive:{tmp_path}/image.tar:x:1")
