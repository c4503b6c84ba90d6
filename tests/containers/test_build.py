"""A build gives one digest everywhere, uses its cache only where it may, and refuses contexts that try to escape."""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import sys
import tarfile
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dockyard.containers.blobs import BlobStore
from dockyard.containers.build import Build, Order
from dockyard.containers.context import Context
from dockyard.containers.images import Image, Images
from dockyard.containers.table import ImageTable
from dockyard.errors import EngineError

Make = Callable[..., tuple[Image, str]]
Pack = Callable[[Mapping[str, bytes]], Path]

FILES = {
    "Dockerfile": "FROM python:3.12-slim\nLABEL a=1 b=2\nCOPY . /app/\nRUN pip install b a\nVOLUME /x /y\nENV A=1\n",
    "app.py": "pass\n",
    "deep/er.py": "pass\n",
}

SCRIPT = """
import sys
from pathlib import Path
from dockyard.containers.blobs import BlobStore
from dockyard.containers.blobs import BlobStore
from dockyard.containers.build import Build, Order
from dockyard.containers.context import Context
from dockyard.containers.images import Images
from dockyard.containers.table import ImageTable
from dockyard.packages.distributions import Distributions
folder = Path(sys.argv[1])
packages = Distributions(folder / "packages", wheels=Path(sys.argv[3]), installed=())
images = Images(BlobStore(folder / "blobs"), ImageTable(folder), packages)
with Context(Path(sys.argv[2])) as context:
    sys.stdout.write(Build(images, context, Order(tags=("x",))).run(lambda line: None).digest)
"""


def built_elsewhere(folder: Path, archive: Path, seed: str, shelf: Path) -> str:
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    command = [sys.executable, "-c", SCRIPT, str(folder), str(archive), str(shelf)]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


def test_two_processes_with_two_hash_seeds_give_one_digest(
    tmp_path: Path, pack: Pack, build: Make, shelf: Path
) -> None:
    image, _ = build(FILES)
    archive = pack({name: text.encode() for name, text in FILES.items()})
    digests = {built_elsewhere(tmp_path / seed, archive, seed, shelf) for seed in ("1", "2")}
    assert digests == {image.digest}


def test_nothing_in_a_layer_tells_when_or_by_whom_it_was_made(build: Make, images: Images) -> None:
    image, _ = build(FILES)
    for layer in image.layers:
        blob = images.blobs.read(layer.digest)
        assert blob[3:8] == bytes(5), "gzip's flags and time"
        with tarfile.open(fileobj=io.BytesIO(blob)) as tar:
            headers = tar.getmembers()
        assert {(each.mtime, each.uid, each.gid, each.uname, each.gname) for each in headers} == {(0, 0, 0, "", "")}
        assert [each.name for each in headers] == sorted(each.name for each in headers)
    assert {step["created"] for step in image.configuration["history"]} == {"1970-01-01T00:00:00Z"}


def test_another_content_gives_another_digest(build: Make) -> None:
    assert build(FILES)[0].digest != build({**FILES, "app.py": "pass \n"})[0].digest


def test_order_time_and_owner_in_the_tar_do_not_matter(build: Make, tmp_path: Path, images: Images) -> None:
    image, _ = build(FILES)
    archive = tmp_path / "other.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        for name, text in reversed(FILES.items()):
            member = tarfile.TarInfo(f"./{name}")
            member.size, member.mtime, member.uid, member.gname = len(text), 99, 1234, "staff"
            tar.addfile(member, io.BytesIO(text.encode()))
    with Context(archive) as context:
        assert Build(images, context, Order()).run(lambda _: None).digest == image.digest


def test_the_second_build_uses_the_cache_and_so_does_a_new_process(build: Make, images: Images, tmp_path: Path) -> None:
    first, log = build(FILES)
    assert "Using cache" not in log
    images.table = ImageTable(tmp_path)
    second, log = build(FILES)
    assert log.count("Using cache") == 5
    assert second == first


def test_a_changed_file_breaks_the_cache_from_its_copy_on(build: Make) -> None:
    build(FILES)
    _, log = build({**FILES, "app.py": "changed\n"})
    assert log.count("Using cache") == 1


def test_a_changed_mode_breaks_the_cache_and_another_time_or_owner_does_not(images: Images, tmp_path: Path) -> None:
    def log_of(mode: int, mtime: int, uid: int) -> str:
        lines: list[str] = []
        with tarfile.open(tmp_path / "context.tar", "w") as tar:
            for name, text in FILES.items():
                member = tarfile.TarInfo(name)
                member.size, member.mode, member.mtime, member.uid = len(text), mode, mtime, uid
                tar.addfile(member, io.BytesIO(text.encode()))
        with Context(tmp_path / "context.tar") as context:
            Build(images, context, Order()).run(lambda line: lines.append(line.get("stream", "")))
        return "".join(lines)

    log_of(0o644, 1, 1)
    assert log_of(0o644, 2, 2).count("Using cache") == 5
    assert log_of(0o600, 2, 2).count("Using cache") == 1


def test_no_cache_is_obeyed(build: Make) -> None:
    build(FILES)
    _, log = build(FILES, use_cache=False)
    assert "Using cache" not in log


def test_a_step_whose_layer_is_gone_is_made_again(build: Make, images: Images) -> None:
    image, _ = build(FILES)
    images.blobs.path(image.layers[1].digest).unlink()
    again, log = build(FILES)
    assert log.count("Using cache") == 4
    assert again.read_file("/app/app.py") == b"pass\n"


def test_quiet_says_only_the_id(build: Make) -> None:
    image, log = build(FILES, quiet=True)
    assert log == f"{image.id}\n"


def test_labels_of_the_order_are_taken_as_they_are(build: Make) -> None:
    image, _ = build(FILES, labels={"note": 'say "$HOME" \\'})
    assert image.configuration["config"]["Labels"] == {"a": "1", "b": "2", "note": 'say "$HOME" \\'}


def test_a_tag_moves_and_the_older_image_stays(build: Make, images: Images) -> None:
    first, _ = build(FILES, tags=("credit",))
    second, _ = build({**FILES, "new": ""}, tags=("credit",))
    assert images.image("credit:latest") == second
    assert images.image(first.id) == first


def test_an_image_of_this_account_can_be_a_base(build: Make) -> None:
    build(FILES, tags=("team/base:1",))
    image, _ = build({"Dockerfile": "FROM team/base:1\nRUN pip install c\n"})
    assert image.packages() == ["a", "b", "c"]
    assert "/app/app.py" in image.files()


def test_a_name_of_the_table_that_the_account_gave_away_is_the_accounts(build: Make, images: Images) -> None:
    mine, _ = build(FILES, tags=("python:3.12-slim",))
    image, _ = build({"Dockerfile": "FROM python:3.12-slim\nENV C=3\n"})
    assert image.layers[: len(mine.layers)] == mine.layers
    assert images.image("python:3.12-slim") == mine


def test_two_builds_at_once_give_what_each_gives_alone(images: Images, pack: Pack, tmp_path: Path) -> None:
    data = {name: text.encode() for name, text in FILES.items()}
    archives = [pack({**data, "n": str(number).encode()}).rename(tmp_path / f"{number}.tar") for number in range(8)]

    def one(archive: Path) -> str:
        with Context(archive) as context:
            return Build(images, context, Order(tags=(f"image:{archive.stem}",))).run(lambda _: None).digest

    with ThreadPoolExecutor(8) as pool:
        digests = list(pool.map(one, archives))
    assert len(set(digests)) == 8
    alone = Images(BlobStore(tmp_path / "other"), ImageTable(tmp_path / "other"), images.distributions)
    with Context(archives[3]) as context:
        assert Build(alone, context, Order()).run(lambda _: None).digest == digests[3]
    assert len(ImageTable(tmp_path).tags) == 9


def test_a_pip_layer_stands_for_what_its_packages_hold(build: Make, images: Images) -> None:
    lean, _ = build({"Dockerfile": "FROM python:3.12-slim\nRUN pip install --no-cache-dir pandas==2.2.2\n"})
    fat, _ = build({"Dockerfile": "FROM python:3.12-slim\nRUN pip install pandas==2.2.2\n"})
    assert images.distributions
    held = sum(images.distributions.files(*pin.split("==")).size for pin in lean.installed())
    assert lean.layers[1].nominal_size == held < fat.layers[1].nominal_size
    assert lean.manifest["layers"][1]["annotations"] == {"dev.dockyard.nominal-size": str(held)}


def test_what_an_earlier_stage_copied_before_it_asked_pip_is_known_and_a_changed_file_leaves_the_image_as_it_is(
    build: Make,
) -> None:
    first = "FROM python:3.12-slim AS packages\nCOPY . /src/\nRUN pip install --prefix /packages joblib\n"
    last = "FROM python:3.12-slim\nCOPY --from=packages /packages /usr/local\n"
    files = {"Dockerfile": first + last, "app.py": "1\n"}
    image, _ = build(files)
    ((copied, asked),) = image.configuration["dev.dockyard.stages"]
    assert (copied["programs"], asked["programs"]) == (["/src/app.py"], [])
    assert "pip install" in asked["created_by"]
    assert build({**files, "app.py": "2\n"})[0].digest == image.digest
    assert "dev.dockyard.stages" not in build(FILES)[0].configuration


def test_what_could_not_be_resolved_is_sized_by_its_name(build: Make) -> None:
    image, log = build({"Dockerfile": "FROM python:3.12-slim\nRUN pip install --no-cache-dir torch==9.9\n"})
    assert "could not check torch==9.9: no index reachable\n" in log
    assert image.unchecked() == ["torch==9.9"]
    assert image.installed() == []
    assert image.layers[1].nominal_size == 5_200_000_000


def test_a_step_of_before_layers_were_counted_is_shown_as_it_is_packed(build: Make, images: Images) -> None:
    files = {"Dockerfile": "FROM scratch\nCOPY data /data\n", "data": "0" * 100_000}
    image, _ = build(files)
    assert image.shown_size == 100_000
    for kept in images.table._steps.values():
        if kept and "diff_id" in kept:
            del kept["content_size"]
    again, log = build(files)
    assert "Using cache" in log
    assert again.id == image.id
    assert again.shown_size == again.layers[0].size < 1000
    assert "annotations" not in again.manifest["layers"][0]


def refused(archive: Path) -> str:
    with pytest.raises(EngineError) as error:
        Context(archive)
    return str(error.value)


def archive_with(tmp_path: Path, name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> Path:
    archive = tmp_path / "bad.tar"
    with tarfile.open(archive, "w") as tar:
        member = tarfile.TarInfo(name)
        member.type, member.linkname = kind, target
        tar.addfile(member)
    return archive


def test_a_context_that_leaves_its_folder_is_refused(tmp_path: Path) -> None:
    assert "leaves the folder" in refused(archive_with(tmp_path, "a/../../etc/passwd"))


def test_a_device_in_the_context_is_refused(tmp_path: Path) -> None:
    assert "neither a file" in refused(archive_with(tmp_path, "null", tarfile.CHRTYPE))


@pytest.mark.parametrize("target", ["/etc/passwd", "a"])
def test_a_hard_link_to_no_file_is_refused(tmp_path: Path, target: str) -> None:
    assert "a link to no file in it" in refused(archive_with(tmp_path, "a", tarfile.LNKTYPE, target))


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dockyard.containers.archives.LARGEST", 1 << 20)
    bomb = tmp_path / "bomb.tar.gz"
    bomb.write_bytes(gzip.compress(b"\0" * (3 << 20)))
    assert "unpacks to more than 1048576 bytes" in refused(bomb)


def test_brackets_that_nest_too_deeply_are_the_shell_form(build: Make) -> None:
    image, _ = build({"Dockerfile": "FROM python:3.13\nCMD " + "[" * 9000 + "\n"})
    assert image.configuration["config"]["Cmd"][:2] == ["/bin/sh", "-c"]


def test_a_link_out_of_the_context_is_copied_as_a_link(tmp_path: Path) -> None:
    with Context(archive_with(tmp_path, "a", tarfile.SYMTYPE, "/etc/passwd")) as context:
        assert context.text("a") is None
        assert context.entries["a"].target == "/etc/passwd"


@pytest.mark.parametrize(
    "data",
    [b"", b"hello", gzip.compress(b"x" * 9000, mtime=0)[:-12], b"\x1f\x8bno"],
    ids=["nothing", "text", "cut off", "no header"],
)
def test_what_is_no_archive_is_refused(tmp_path: Path, data: bytes) -> None:
    archive = tmp_path / "bad.tar"
    archive.write_bytes(data)
    assert "is not a" in refused(archive)


def test_a_missing_dockerfile_is_named(build: Make) -> None:
    with pytest.raises(EngineError, match="Cannot locate specified Dockerfile: docker/Prod"):
        build(FILES, dockerfile="docker/Prod")


def test_another_dockerfile_may_be_named(build: Make) -> None:
    image, _ = build({"docker/Prod": "FROM python:3.13\n"}, dockerfile="docker/Prod")
    assert image.python_version() == "3.13.11"
