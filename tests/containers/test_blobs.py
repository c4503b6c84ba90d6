"""Blobs appear whole, under the right digest, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from dockyard.containers.blobs import BlobStore, digest_of


@pytest.fixture
def blobs(tmp_path: Path) -> BlobStore:
    return BlobStore(tmp_path)


def kept(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_an_upload_becomes_a_blob_only_when_finished(blobs: BlobStore, tmp_path: Path) -> None:
    upload = blobs.begin()
    upload.append(b"he")
    upload.append(b"llo")
    assert (upload.offset, upload.digest, blobs.upload(upload.id)) == (5, digest_of(b"hello"), upload)
    assert not blobs.has(digest_of(b"hello"))
    upload.finish(digest_of(b"hello"))
    assert blobs.read(digest_of(b"hello")) == b"hello"
    assert blobs.size(digest_of(b"hello")) == 5
    assert blobs.upload(upload.id) is None
    assert kept(tmp_path) == [digest_of(b"hello").removeprefix("sha256:")]


def test_a_wrong_digest_names_both_and_leaves_nothing(blobs: BlobStore, tmp_path: Path) -> None:
    upload = blobs.begin()
    upload.append(b"hello")
    with pytest.raises(ValueError, match=f"{digest_of(b'other')}.*{digest_of(b'hello')}"):
        upload.finish(digest_of(b"other"))
    assert kept(tmp_path) == []
    assert blobs.upload(upload.id) is None


def test_a_discarded_upload_leaves_nothing(blobs: BlobStore, tmp_path: Path) -> None:
    upload = blobs.begin()
    upload.append(b"x")
    upload.discard()
    assert kept(tmp_path) == []


@pytest.mark.parametrize("digest", ["sha256:../../etc/passwd", "md5:0", "", "sha256:" + "A" * 64])
def test_what_is_no_digest_names_no_path(blobs: BlobStore, digest: str) -> None:
    assert not blobs.has(digest)
    with pytest.raises(ValueError, match="is not a digest"):
        blobs.path(digest)


def test_two_uploads_of_one_content_are_one_blob(blobs: BlobStore) -> None:
    first, second = blobs.begin(), blobs.begin()
    for upload in (first, second):
        upload.append(b"same")
    for upload in (first, second):
        upload.finish(digest_of(b"same"))
    assert blobs.write(b"same") == digest_of(b"same")
