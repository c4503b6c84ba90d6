"""Killed at any moment, a sandbox gives back all it acknowledged; a long session opens as quickly as a short one."""

from __future__ import annotations

import gc
import random
from pathlib import Path

import pytest
from host.direct import Direct, open_learner
from host.killing import kills

from dockyard.sandbox import kept_account
from dockyard.sandbox.kept_account import LINES_TO_REPLAY, MINUTES_TO_REPLAY
from dockyard.sandbox.learner import Learner


# A client whose server is gone leaves a half-read answer to the collector: that is its own affair.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    assert len(list(kills(tmp_path / "data", 3, random.Random()))) == 3
    gc.collect()


class Replayed(Learner):
    """An account that knows how many lines it did again when it was opened."""

    again = 0

    def replay(self, skip: int = 1) -> None:
        self.again = self.journal.lines - skip
        super().replay(skip)


def lines_done_again(folder: Path) -> int:
    """How many lines of the folder's journal the next start does again; the state must be the same."""
    opened = Replayed.open(folder, seed=None, start=0, port=0)
    opened.close()
    return opened.again


def test_a_long_session_leaves_little_to_replay(tmp_path: Path) -> None:
    direct = Direct(open_learner(tmp_path))
    ecs = direct.client("ecs")
    for number in range(2 * LINES_TO_REPLAY + 10):
        ecs.create_cluster(clusterName=f"c{number}")
    assert 10 <= lines_done_again(tmp_path) <= 20
    direct.learner.advance(MINUTES_TO_REPLAY * 60.0)
    assert lines_done_again(tmp_path) == 0
    text = direct.learner.state_text()
    direct.learner.close()
    (tmp_path / "snapshot.pickle").unlink()
    assert lines_done_again(tmp_path) == 2 * LINES_TO_REPLAY + 11
    again = open_learner(tmp_path)
    assert again.state_text() == text
    again.close()


def test_what_snapshots_copy_counts_as_lines_to_replay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    direct = Direct(open_learner(tmp_path))
    monkeypatch.setattr(kept_account, "BYTES_A_LINE", 1)
    direct.client("ecs").create_cluster(clusterName="before")
    assert lines_done_again(tmp_path) == 1
    for copies in (lambda: direct.learner.snapshot("kept"), lambda: direct.learner.restore("kept")):
        copies()
        direct.client("ecs").create_cluster(clusterName="after")
        assert lines_done_again(tmp_path) == 0
    direct.learner.close()
