"""What must hold for every walk through a cloud: replay, forks, accounts and regions apart, time forwards."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tempfile
import weakref
from pathlib import Path

from host import wandering
from host.direct import Direct, open_learner
from host.wandering import RETURNS, Walker, digest, walks
from hypothesis import HealthCheck, given, settings

from dockyard.sandbox.replay import again

few = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def walked(folder: Path, steps: list[tuple[str, int]], seed: str = "seed") -> Direct:
    """A learner who made the steps, to be closed by whoever asked (`with`)."""
    direct = Direct(open_learner(folder, seed))
    Walker(direct).walk(steps)
    return direct


def test_replay_gives_the_same_state_in_any_process_and_with_any_hash_seed(tmp_path: Path) -> None:
    expected: dict[str, str] = {}

    @few
    @given(walks, walks)
    def wander(before: list[tuple[str, int]], after: list[tuple[str, int]]) -> None:
        folder = Path(tempfile.mkdtemp(dir=tmp_path))
        with walked(folder, before) as direct:
            direct.learner.save()  # a snapshot in the middle; what follows is replayed on top of it
            Walker(direct).walk(after)
            expected[str(folder)] = digest(direct.learner)

    wander()
    assert digests(expected, "1") == list(expected.values())
    for folder in expected:
        (Path(folder) / "snapshot.pickle").unlink()
    assert digests(expected, "2") == list(expected.values())


def digests(folders: dict[str, str], hash_seed: str) -> list[str]:
    """What another process with this hash seed makes of the journals."""
    program = [sys.executable, wandering.__file__, *folders]
    printed = subprocess.run(
        program, env={**os.environ, "PYTHONHASHSEED": hash_seed}, capture_output=True, text=True, check=True
    ).stdout
    return printed.split()


@few
@given(walks, walks)
def test_a_fork_never_touches_its_origin(before: list[tuple[str, int]], inside: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder, walked(Path(folder), before) as direct:
        origin, text = direct.learner.world, direct.learner.state_text()
        direct.learner.world = origin.fork("elsewhere")
        Walker(direct).walk([step for step in inside if step[0] not in RETURNS])
        direct.learner.world = origin
        assert direct.learner.state_text() == text


@few
@given(walks)
def test_a_fork_that_nobody_called_is_gone_when_it_is_let_go(steps: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder, walked(Path(folder), steps) as direct:
        gc.disable()  # nothing is to be left for the collector: a fork holds a whole cloud
        try:
            fork = weakref.ref(direct.learner.world.fork("elsewhere").cloud)
            assert fork() is None
        finally:
            gc.enable()


@few
@given(walks, walks)
def test_two_accounts_never_meet(mine: list[tuple[str, int]], theirs: list[tuple[str, int]]) -> None:
    with (
        tempfile.TemporaryDirectory() as one,
        tempfile.TemporaryDirectory() as two,
        tempfile.TemporaryDirectory() as alone,
        Direct(open_learner(Path(one), "a")) as first,
        Direct(open_learner(Path(two), "b")) as second,
        walked(Path(alone), [*mine, *theirs], "a") as unmet,
    ):
        for left, right in zip([*mine, *theirs], [*theirs, *mine], strict=True):
            Walker(first).walk([left])
            Walker(second).walk([right])
        assert unmet.learner.state_text() == first.learner.state_text()


@few
@given(walks)
def test_two_regions_never_meet(steps: list[tuple[str, int]]) -> None:
    apart = [step for step in steps if step[0] not in (*RETURNS, "role", "object")]
    with tempfile.TemporaryDirectory() as folder, Direct(open_learner(Path(folder))) as direct:
        Walker(direct, "eu-central-1").walk(apart)
        ecs = direct.client("ecs", "us-east-1")
        assert ecs.list_clusters()["clusterArns"] == []
        assert direct.client("elbv2", "us-east-1").describe_load_balancers()["LoadBalancers"] == []
        assert direct.client("cloudwatch", "us-east-1").describe_alarms()["MetricAlarms"] == []


@few
@given(walks)
def test_time_never_runs_backwards(steps: list[tuple[str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder, Direct(open_learner(Path(folder))) as direct:
        moments = [direct.learner.world.account.clock.now]
        for step in steps:
            if step[0] not in RETURNS:  # going back is what a restore is for
                Walker(direct).walk([step])
            moments.append(direct.learner.world.account.clock.now)
        assert moments == sorted(moments)


def test_a_replayed_line_is_no_new_line(tmp_path: Path) -> None:
    with walked(tmp_path, [("cluster", 0)]) as direct:
        lines = list(direct.learner.journal.read())
        again(direct.learner, lines[-1], "seed")
        assert direct.learner.journal.lines == len(lines)
