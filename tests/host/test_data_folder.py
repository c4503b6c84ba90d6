"""The data folder: held by one sandbox, opened again however it was left, and never ahead of its journal."""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from host.direct import Direct, open_learner
from host.test_up import refusal
from running import free_port, running

from dockyard.errors import SandboxError
from dockyard.sandbox.edition import edition
from dockyard.sandbox.folder import unusable
from dockyard.sandbox.journal import Journal


def opened(folder: Path) -> Direct:
    """The account in a folder, as the next process finds it."""
    direct = Direct(open_learner(folder))
    open_now.append(direct)
    return direct


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    yield
    while open_now:
        open_now.pop().learner.close()


open_now: list[Direct] = []


def clusters(direct: Direct) -> int:
    return len(direct.client("ecs").list_clusters()["clusterArns"])


def test_a_folder_in_use_is_one_sentence(tmp_path: Path) -> None:
    with running(tmp_path) as up:
        sentence = refusal("up", "--data", str(tmp_path), "--port", str(free_port()))
        assert sentence.startswith(f"Another sandbox uses the data folder {tmp_path}.")
        assert up.control("GET", "health")[0] == 200


def test_a_killed_sandbox_lets_go_and_gives_back_what_it_acknowledged(tmp_path: Path) -> None:
    with running(tmp_path) as up:
        up.client("ecs").create_cluster(clusterName="kept")
        up.client("s3").create_bucket(Bucket="kept")
        state = up.control("GET", "state")[1]
        up.process.send_signal(signal.SIGKILL)
        up.process.communicate()
    with running(tmp_path, port=up.port) as again:
        assert again.control("GET", "state")[1] == state


def test_a_journal_cut_at_any_byte_of_its_last_line_loses_that_line_only(tmp_path: Path) -> None:
    direct = opened(tmp_path)
    direct.client("ecs").create_cluster(clusterName="first")
    before = direct.learner.state_text()
    direct.client("ecs").create_cluster(clusterName="second")
    content = (tmp_path / "journal.jsonl").read_bytes()
    last = content.rstrip(b"\n").rfind(b"\n") + 1
    for end in range(last, len(content)):
        (tmp_path / "journal.jsonl").write_bytes(content[:end])
        assert opened(tmp_path).learner.state_text() == before


def test_a_snapshot_cut_off_anywhere_is_only_a_cache(tmp_path: Path) -> None:
    direct = opened(tmp_path)
    direct.client("ecs").create_cluster(clusterName="kept")
    direct.learner.save()
    state, content = direct.learner.state_text(), (tmp_path / "snapshot.pickle").read_bytes()
    for end in range(0, len(content), 97):
        (tmp_path / "snapshot.pickle").write_bytes(content[:end])
        assert opened(tmp_path).learner.state_text() == state


@pytest.mark.parametrize(
    "line", ["[]", "{}", '{"kind":"none"}', '{"kind":"call"}', '{"kind":"neighbour","operation":"PutObject"}']
)
def test_a_line_that_cannot_be_done_again_is_named(tmp_path: Path, line: str) -> None:
    opened(tmp_path)
    with (tmp_path / "journal.jsonl").open("a") as journal:
        journal.write(line + "\n")
    with pytest.raises(SandboxError, match=r"Line 2 of .* cannot be done again"):
        opened(tmp_path)


@pytest.mark.parametrize("first", ["[]", "1", '{"kind":"birth"}'])
def test_a_journal_that_begins_with_no_birth_is_one_sentence(tmp_path: Path, first: str) -> None:
    (tmp_path / "journal.jsonl").write_text(first + "\n")
    with pytest.raises(SandboxError, match="does not begin with a birth record"):
        opened(tmp_path)


@pytest.mark.parametrize("content", ["[]", "{}", "", '{"token":1,"secret_key":"","class_seed":"","registry_key":"x"}'])
def test_secrets_that_are_none_are_one_sentence(tmp_path: Path, content: str) -> None:
    opened(tmp_path)
    (tmp_path / "secrets.json").write_text(content)
    with pytest.raises(SandboxError, match=r"secrets of the data folder .* cannot be read: they are not as"):
        opened(tmp_path)


def test_a_folder_that_cannot_be_used_says_why_and_the_cure(tmp_path: Path) -> None:
    full = str(unusable(tmp_path, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))))
    assert full.endswith("No space left on device. Make room on its disk, or name another with --data.")
    (tmp_path / "file").touch()
    with pytest.raises(SandboxError, match=r"Not a directory. Give this user access to it, or name another"):
        opened(tmp_path / "file" / "data")


class FullDisk:
    """A journal's file on a disk with room for so many bytes more; then it takes half a line and no more."""

    def __init__(self, file: Any, room: int) -> None:
        self.file, self.room = file, room

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)

    def write(self, data: bytes) -> int:
        if not self.room:
            raise OSError(28, "No space left on device")
        written: int = self.file.write(data[: self.room])
        self.room -= written
        return written


def test_a_full_disk_refuses_the_call_and_loses_nothing_acknowledged(tmp_path: Path) -> None:
    direct = opened(tmp_path)
    direct.client("ecs").create_cluster(clusterName="kept")
    direct.client("s3").create_bucket(Bucket="kept")
    before = direct.learner.state_text()
    whole = direct.learner.journal._file
    direct.learner.journal._file = FullDisk(whole, 40)
    for call in (lambda: direct.client("ecs").create_cluster(clusterName="lost"), lambda: direct.learner.advance(60)):
        with pytest.raises((ClientError, SandboxError), match=r"No space left on device.*Nothing was changed"):
            call()
        assert direct.learner.state_text() == before
    direct.learner.journal._file = whole
    direct.client("ecs").create_cluster(clusterName="later")
    assert clusters(direct) == 2
    assert opened(tmp_path).learner.state_text() == direct.learner.state_text()


def test_a_large_body_half_written_is_written_again(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    body = os.urandom(100_000)
    kept = journal.keep_body(body)
    (tmp_path / "bodies" / kept["digest"]).unlink()
    (tmp_path / "bodies" / f"{kept['digest']}.new").write_bytes(body[:10])
    assert journal.body(journal.keep_body(body)) == body
    journal.close()


def test_a_large_body_that_is_gone_is_named(tmp_path: Path) -> None:
    direct = opened(tmp_path)
    direct.client("s3").create_bucket(Bucket="bucket")
    direct.client("s3").put_object(Bucket="bucket", Key="k", Body=b"x" * 100_000)
    for body in (tmp_path / "bodies").iterdir():
        body.unlink()
    with pytest.raises(SandboxError, match=r"Line 3 of .* cannot be done again"):
        opened(tmp_path)


def test_a_request_refused_before_it_was_read_is_not_done_again(tmp_path: Path) -> None:
    direct = opened(tmp_path)
    ecr, cloudwatch = direct.client("ecr"), direct.client("cloudwatch")
    for call in (
        lambda: ecr.create_repository(repositoryName="Capital"),
        lambda: direct.client("ecs").create_cluster(clusterName="c", settings=[{"name": "none", "value": "x"}]),
        lambda: cloudwatch.put_metric_data(Namespace="n" * 256, MetricData=[{"MetricName": "m", "Value": 1.0}]),
    ):
        with pytest.raises(ClientError):
            call()
    assert opened(tmp_path).learner.state_text() == direct.learner.state_text()


def test_a_snapshot_that_other_code_wrote_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    direct = opened(tmp_path)
    direct.client("ecs").create_cluster(clusterName="kept")
    state = direct.learner.state_text()
    with monkeypatch.context() as older:
        older.setattr("dockyard.sandbox.snapshot_file.edition", lambda: ("0.1.0", "5.2.5", "the code before a pull"))
        direct.learner.world.account.regions.clear()  # as if its records had another shape
        direct.learner.save()
    assert opened(tmp_path).learner.state_text() == state


def test_other_code_is_another_edition(tmp_path: Path) -> None:
    (tmp_path / "cloud").mkdir()
    (tmp_path / "cloud" / "state.py").write_text("a = 1")
    before = edition(tmp_path)
    (tmp_path / "cloud" / "state.py").write_text("a = 2")
    assert edition(tmp_path) != before
