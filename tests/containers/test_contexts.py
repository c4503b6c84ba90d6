"""Whatever archive a client sends is built or refused with a sentence; nothing is written outside, little is held."""

from __future__ import annotations

import io
import lzma
import tarfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dockyard.containers.archives import LARGEST
from dockyard.containers.blobs import BlobStore
from dockyard.containers.build import Build, Order
from dockyard.containers.context import Context
from dockyard.containers.images import Image, Images
from dockyard.containers.table import ImageTable
from dockyard.errors import EngineError

DOCKERFILE = b"""FROM python:3.12-slim AS one
COPY . /app/
ADD [aD]* /app/more/
FROM one
COPY --from=one /app/ /bin/
"""
often = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

NAMES = ["a", "a/b", "a/b/c", "./b", "/abs", "../out", "a/../../out", "a.tar", "\udcff", "é" * 60, "x" * 300, "", ".",
         "..", "..a", "a//b", ".wh.a", ".wh..wh..opq", ".dockerignore", "Dockerfile", "a\nb", "CON"]  # fmt: skip
KINDS = [tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE,
         tarfile.CONTTYPE, tarfile.XHDTYPE, tarfile.GNUTYPE_SPARSE, b"Z"]  # fmt: skip
members = st.tuples(
    st.sampled_from(NAMES), st.sampled_from(KINDS), st.sampled_from([*NAMES, "/etc/passwd"]), st.binary(max_size=40)
)
FORMS = {"plain": "", "gzip": "gz", "bzip2": "bz2", "xz": "xz"}


def tar_of(
    found: list[tuple[str, bytes, str, bytes]],
    form: str = "",
    style: int = tarfile.PAX_FORMAT,
    text: bytes = DOCKERFILE,
) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode=f"w:{form}", format=style, errors="surrogateescape") as tar:
        dockerfile = tarfile.TarInfo("Dockerfile")
        dockerfile.size = len(text)
        tar.addfile(dockerfile, io.BytesIO(text))
        for name, kind, target, data in found:
            member = tarfile.TarInfo(name)
            member.type, member.linkname, member.size = kind, target, len(data)
            tar.addfile(member, io.BytesIO(data))
    return packed.getvalue()


def outcome(folder: Path, archive: bytes) -> Image | str:
    """The image, or the sentence in which the archive or the build was refused; any other exception fails the test."""
    (folder / "context").write_bytes(archive)
    images = Images(BlobStore(folder / "blobs"), ImageTable(folder))
    try:
        with Context(folder / "context") as context:
            return Build(images, context, Order()).run(lambda _: None)
    except EngineError as error:
        return str(error)


def check(folder: Path, archive: bytes) -> None:
    found = outcome(folder, archive)
    assert found != ""
    assert {path.name for path in folder.iterdir()} <= {"context", "blobs", "images.json"}
    assert list((folder / "blobs" / "uploads").iterdir()) == []
    if isinstance(found, Image):
        for path in found.files():
            assert path.startswith("/")
            assert ".." not in path.split("/")


@often
@given(st.lists(members, max_size=6), st.sampled_from(list(FORMS.values())), st.sampled_from([0, 1, 2]))
def test_any_member_of_any_archive(
    tmp_path_factory: pytest.TempPathFactory, found: list[tuple[str, bytes, str, bytes]], form: str, style: int
) -> None:
    try:
        archive = tar_of(found, form, style)
    except (ValueError, tarfile.TarError):
        return  # what this style cannot say
    check(tmp_path_factory.mktemp("any"), archive)


@often
@given(
    st.lists(members, min_size=1, max_size=4),
    st.sampled_from(list(FORMS.values())),
    st.integers(0, 10_000),
    st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=4),
)
def test_any_archive_cut_short_and_damaged(
    tmp_path_factory: pytest.TempPathFactory,
    found: list[tuple[str, bytes, str, bytes]],
    form: str,
    cut: int,
    damage: list[tuple[int, int]],
) -> None:
    archive = bytearray(tar_of(found, form, tarfile.GNU_FORMAT))
    for place, value in damage:
        archive[place % len(archive)] = value
    check(tmp_path_factory.mktemp("any"), bytes(archive[: max(1, len(archive) - cut)]))


def test_a_damaged_header_does_not_end_an_archive_in_silence(tmp_path: Path) -> None:
    archive = bytearray(tar_of([("a", tarfile.REGTYPE, "", b"1"), ("b", tarfile.REGTYPE, "", b"2")]))
    archive[archive.index(b"b\0") + 100] ^= 1
    assert "is not a tar archive" in str(outcome(tmp_path, bytes(archive)))


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME])
def test_a_name_that_would_fill_the_memory_is_refused(tmp_path: Path, kind: bytes) -> None:
    long = ("a", kind, "", b"x" * (2 << 20))
    assert "a header of 2097152 bytes" in str(outcome(tmp_path, tar_of([long])))


def test_a_file_of_holes_is_as_large_as_it_says(tmp_path: Path) -> None:
    packed = io.BytesIO(tar_of([]))
    with tarfile.open(fileobj=packed, mode="a") as tar:
        member = tarfile.TarInfo("holes")
        member.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": str(LARGEST * 2)}
        member.size = 512
        tar.addfile(member, io.BytesIO(b"0\n".ljust(512, b"\0")))
    assert f"holds more than {LARGEST} bytes" in str(outcome(tmp_path, packed.getvalue()))


def peak_of(work: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_large_file_is_never_whole_in_memory(tmp_path: Path) -> None:
    zeros = tarfile.TarInfo("a.bin")
    zeros.size = 32 << 20
    with lzma.open(tmp_path / "large.xz", "wb", preset=0) as packed, tarfile.open(fileobj=packed, mode="w|") as tar:
        dockerfile = tarfile.TarInfo("Dockerfile")
        dockerfile.size = len(DOCKERFILE)
        tar.addfile(dockerfile, io.BytesIO(DOCKERFILE))
        with open("/dev/zero", "rb") as nothing:
            tar.addfile(zeros, nothing)
    archive = (tmp_path / "large.xz").read_bytes()
    folder = tmp_path / "made"
    folder.mkdir()
    assert peak_of(lambda: check(folder, archive)) < 12 << 20


def test_ten_thousand_files_are_built(tmp_path: Path) -> None:
    found = [(f"a{number % 100}/f{number}", tarfile.REGTYPE, "", b"x") for number in range(10_000)]
    image = outcome(tmp_path, tar_of(found, text=b"FROM python:3.12-slim\nCOPY . /app/\n"))
    assert isinstance(image, Image)
    assert sum(path.startswith("/app/a") for path in image.files()) >= 10_000
