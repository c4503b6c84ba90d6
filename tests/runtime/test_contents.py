"""A container's files by its own paths: nothing leads out, nothing outside is touched, whether it runs or not."""

from __future__ import annotations

import io
import os
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from dockyard.errors import EngineError
from dockyard.runtime.container import Container
from dockyard.runtime.contents import Contents
from dockyard.runtime.wanted import Mount, Wanted

from .conftest import Running

pytestmark = pytest.mark.anyio
OWNED = """
FROM debian:bookworm-slim
RUN useradd -u 1234 app
WORKDIR /place
COPY roots /place/roots
RUN chmod 640 /place/roots
USER app
CMD sleep 60
"""
Member = tuple[str, bytes, str, bytes]


def archive(folder: Path, *members: Member, mode: int = 0o644, owner: int = 0) -> Path:
    """A tar of (name, type, link's target, content)."""
    place = folder / "archive.tar"
    with tarfile.open(place, "w") as tar:
        for name, kind, target, data in members:
            member = tarfile.TarInfo(name)
            member.type, member.linkname, member.size, member.mode, member.uid = kind, target, len(data), mode, owner
            tar.addfile(member, io.BytesIO(data))
    return place


def file(name: str, data: bytes = b"new\n") -> Member:
    return (name, tarfile.REGTYPE, "", data)


def link(name: str, target: str) -> Member:
    return (name, tarfile.SYMTYPE, target, b"")


def put(contents: Contents, place: Path, path: str = "/place", *, keep_kinds: bool = False) -> None:
    contents.unpack(path, place, keep_kinds=keep_kinds, own=False)


def taken(contents: Contents, path: str) -> dict[str, tarfile.TarInfo]:
    """What is copied out, by name."""
    with tarfile.open(fileobj=io.BytesIO(b"".join(contents.packed(path)))) as tar:
        return {member.name: member for member in tar}


def content(contents: Contents, path: str) -> bytes:
    with tarfile.open(fileobj=io.BytesIO(b"".join(contents.packed(path)))) as tar:
        held = tar.extractfile(tar.getmembers()[0])
        assert held is not None
        return held.read()


@pytest.fixture
async def container(running: Running, shell: str) -> Container:
    return await running.containers.create(Wanted(shell, ("sh", "-c", "cat mine; sleep 60")))


def outside(folder: Path) -> Path:
    """A file that no container may see or change."""
    place = folder / "outside"
    place.mkdir()
    (place / "secret").write_text("secret\n")
    return place


async def test_what_is_put_in_before_it_starts_is_there_and_stays_after_its_end(
    container: Container, tmp_path: Path
) -> None:
    contents = await container.contents()
    put(contents, archive(tmp_path, file("mine"), mode=0o600))
    await container.start()
    look = await container.exec(["sh", "-c", "echo more >> mine; cat mine"])
    assert await look.stdout.read() == b"new\nmore\n"
    look.close()
    await container.stop(0)
    assert content(contents, "/place/mine") == b"new\nmore\n"
    assert taken(contents, "/place/mine")["mine"].mode == 0o600


@pytest.mark.parametrize("target", ["{}", "../../../../../../../../../../{}"])
async def test_no_link_leads_out(container: Container, tmp_path: Path, target: str) -> None:
    away = outside(tmp_path)
    leading = target.format(str(away)).replace("//", "/")
    contents = await container.contents()
    root = next(tmp_path.glob("running/*/root"))
    (root / "place" / "planted").symlink_to(away)  # as a process of the container might
    put(contents, archive(tmp_path, link("out", leading)))
    for name in ("out", "planted"):
        for path in (f"/place/{name}/secret", f"/place/{name}/", f"/place/{name}/../{name}/secret"):
            with pytest.raises(EngineError, match="Could not find the file"):
                contents.packed(path)
        with pytest.raises(EngineError, match="Could not find the file"):
            put(contents, archive(tmp_path, file("secret")), f"/place/{name}")
        with pytest.raises(EngineError, match="Could not find the file"):
            put(contents, archive(tmp_path, file(f"{name}/secret")))
    put(contents, archive(tmp_path, file("planted"), link("within", "../tmp"), file("within/new")))
    assert content(contents, "/tmp/new") == b"new\n"
    assert [each.name for each in away.iterdir()] == ["secret"]
    assert (away / "secret").read_text() == "secret\n"


async def test_a_path_is_never_above_the_root(container: Container, tmp_path: Path) -> None:
    contents = await container.contents()
    assert content(contents, "/../../../etc/passwd") == content(contents, "etc/passwd")
    assert b"app" in content(contents, "/place/../../..//etc/passwd")
    put(contents, archive(tmp_path, file("up")), "/../../..")
    assert content(contents, "/up") == b"new\n"


@pytest.mark.parametrize(
    ("member", "said"),
    [
        (file("../up"), "which leaves the folder"),
        (file("a/../../up"), "which leaves the folder"),
        (("dev", tarfile.CHRTYPE, "", b""), "neither a file, a folder nor a link"),
        (("pipe", tarfile.FIFOTYPE, "", b""), "neither a file, a folder nor a link"),
        (("hard", tarfile.LNKTYPE, "/etc/passwd", b""), "a link to no file in it"),
    ],
)
async def test_what_may_not_be_put_in_is_refused_and_nothing_of_the_archive_is(
    container: Container, tmp_path: Path, member: Member, said: str
) -> None:
    contents = await container.contents()
    with pytest.raises(EngineError, match=said):
        put(contents, archive(tmp_path, file("a-good-one"), member))
    assert list(taken(contents, "/place")) == ["place"]


async def test_kinds_are_kept_where_that_is_asked_for(container: Container, tmp_path: Path) -> None:
    contents = await container.contents()
    put(contents, archive(tmp_path, file("a/b"), file("c")))
    with pytest.raises(EngineError, match='cannot overwrite directory "/place/a" with non-directory "/place/a"'):
        put(contents, archive(tmp_path, file("a")), keep_kinds=True)
    with pytest.raises(EngineError, match='cannot overwrite non-directory "/place/c" with directory "/place/c"'):
        put(contents, archive(tmp_path, ("c", tarfile.DIRTYPE, "", b"")), keep_kinds=True)
    put(contents, archive(tmp_path, file("a"), ("c", tarfile.DIRTYPE, "", b"")))
    assert {name: each.isdir() for name, each in taken(contents, "/place").items()} == {
        "place": True, "place/a": False, "place/c": True,
    }  # fmt: skip


async def test_modes_and_owners_come_back_as_they_were_said(
    running: Running, build: Callable[..., str], tmp_path: Path
) -> None:
    image = build("owned", OWNED, roots="1")
    container = await running.containers.create(Wanted(image))
    contents = await container.contents()
    put(contents, archive(tmp_path, file("its"), mode=0o604, owner=1234))
    seen = [(each.mode, each.uid) for each in taken(contents, "/place").values()]
    assert seen[:2] == [(0o755, 0), (0o604, 1234)]
    if os.access(next(running.folder.glob("running/*/root/place/roots")), os.R_OK):
        assert seen[2:] == [(0o640, 0)]
    else:  # what its user may not read, this machine's user may not either
        with pytest.raises(EngineError, match="/place/roots: permission denied"):
            contents.packed("/place/roots")
    await container.start()
    look = await container.exec(["sh", "-c", "cat its && test ! -r roots && chmod 400 its"])
    assert (await look.stdout.read(), await look.stderr.read(), await look.wait()) == (b"new\n", b"", 0)
    look.close()
    assert taken(contents, "/place/its")["its"].mode == 0o400


async def test_volumes_and_folders_of_the_host_are_where_they_are_mounted(
    running: Running, shell: str, tmp_path: Path
) -> None:
    away = outside(tmp_path)
    mounts = (Mount("kept", "/place/kept"), Mount(str(away), "/place/host", read_only=True))
    container = await running.containers.create(Wanted(shell, ("sleep", "60"), mounts=mounts))
    contents = await container.contents()
    put(contents, archive(tmp_path, file("note")), "/place/kept")
    assert content(contents, "/place/host/secret") == b"secret\n"
    for path in ("/place/host", "/place"):
        with pytest.raises(EngineError, match="mounted volume is marked read-only"):
            put(contents, archive(tmp_path, file("host/x" if path == "/place" else "x")), path)
    with pytest.raises(EngineError, match="resource busy"):
        put(contents, archive(tmp_path, file("kept")))
    assert [each.name for each in away.iterdir()] == ["secret"]
    assert (await running.run(shell, "cat", "kept/note", mounts=mounts[:1]))[1] == "new\n"


async def test_a_pipe_holds_nobody_up_and_what_cannot_be_read_is_refused(container: Container, tmp_path: Path) -> None:
    contents = await container.contents()
    root = next(tmp_path.glob("running/*/root"))
    os.mkfifo(root / "place" / "pipe")
    (root / "place" / "plain").write_text("x")
    assert taken(contents, "/place").keys() == {"place", "place/pipe", "place/plain"}
    for name in ("loop", "deep"):
        (root / "place" / name).symlink_to(name)
        with pytest.raises(EngineError, match=r"symbolic links|too many links"):
            contents.packed(f"/place/{name}/")
    with pytest.raises(EngineError, match="name too long"):
        contents.status("/" + "x" * 300)


async def test_what_has_changed_is_named(running: Running, shell: str) -> None:
    container = await running.start(shell, "sh", "-c", "echo 1 > new; mkdir f; rm -r ../etc/passwd")
    await container.wait()
    contents = await container.contents()
    found = {change.path: change.kind for change in contents.changes() if "site-packages" not in change.path}
    assert found.pop("/place") == 0
    assert found.pop("/place/new") == found.pop("/place/f") == 1
    assert found == {"/etc": 0, "/etc/passwd": 2}
