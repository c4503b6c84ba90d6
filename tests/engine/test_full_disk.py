"""A disk without room: whoever builds or loads is told in one sentence, and nothing half-written stays."""

from __future__ import annotations

import gc
import io
import logging
import os
import re
import tarfile
from pathlib import Path

import docker
import pytest
from docker.errors import APIError, BuildError, ImageLoadError

from dockyard.containers.blobs import BlobStore, Upload
from dockyard.containers.images import Images

SENTENCE = re.compile(r"write /.*: no space left on device\. Make room on that disk and do it again\.")
FULL = Path("/dev/full")  # where the kernel says that there is no room

pytestmark = pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")


@pytest.fixture
def full_disk(images: Images, monkeypatch: pytest.MonkeyPatch) -> BlobStore:
    """The images' blobs on a disk without room."""
    begin = images.blobs.begin

    def begun() -> Upload:
        upload = begin()
        upload._file.close()
        upload._file = FULL.open("wb")
        return upload

    monkeypatch.setattr(images.blobs, "begin", begun)
    return images.blobs


def context(size: int = 100) -> io.BytesIO:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        for name, data in (("Dockerfile", b"FROM scratch\nCOPY big /big\n"), ("big", os.urandom(size))):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    content.seek(0)
    return content


@pytest.mark.usefixtures("full_disk")
@pytest.mark.parametrize("size", [100, 1_000_000])  # the first is refused at its end only, the second on its way
def test_a_build_says_what_where_and_what_next(
    client: docker.DockerClient, images: Images, caplog: pytest.LogCaptureFixture, size: int
) -> None:
    with caplog.at_level(logging.WARNING):
        with pytest.raises(BuildError, match=SENTENCE) as refused:
            client.images.build(fileobj=context(size), custom_context=True, tag="big:1")
        gc.collect()  # a file that was not closed would say so now
    assert str(images.blobs._uploads) in str(refused.value)
    assert "Traceback" not in caplog.text
    assert SENTENCE.search(caplog.text)
    assert list(images.blobs._uploads.iterdir()) == []
    assert images.table.tags == {}


def test_an_image_that_is_loaded_too(
    client: docker.DockerClient, images: Images, request: pytest.FixtureRequest
) -> None:
    built, _ = client.images.build(fileobj=context(), custom_context=True, tag="big:1")
    saved = b"".join(built.save(named=True))
    client.images.remove("big:1")
    for blob in images.blobs._blobs.iterdir():
        blob.unlink()
    request.getfixturevalue("full_disk")
    with pytest.raises((ImageLoadError, APIError), match=SENTENCE):
        client.images.load(saved)
