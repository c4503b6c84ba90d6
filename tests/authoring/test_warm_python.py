"""Processes forked from a warm Python: they find loaded what it loaded, and are their own in all else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from dockyard.rehearsal import Rehearsal
from dockyard.warm_python import start, warm_python

#: Never imported by anything here, so that finding it loaded tells something; and what sets a variable for itself.
LOADS = ("colorsys", "dockyard.sandbox.moto.loading:loaded")
#: Has a warm Python and a fork of it that is stopped, says so, and waits.
STARTER = """
import os, signal, sys
from pathlib import Path
from dockyard.warm_python import start, warm_python
with warm_python(Path(sys.argv[1], "python"), ()) as python:
    fork = start("http.server", ["0"], python.variables, log=Path(sys.argv[1], "log"))
    fork.send_signal(signal.SIGSTOP)
    print(python.pid, fork.pid, flush=True)
    sys.stdin.read()
"""
LOOK = """
import os, sys
found = "colorsys" in sys.modules, os.environ.get("OWN"), os.environ.get("MOTO_EC2_LOAD_DEFAULT_AMIS")
assert found == {!r}, found
assert "OMP_NUM_THREADS" not in os.environ
"""


def test_a_fork_has_what_was_loaded_and_variables_and_a_folder_of_its_own(tmp_path: Path) -> None:
    with warm_python(tmp_path / "python", LOADS) as python:
        for own in ("1", "2"):
            with Rehearsal({**python.variables, "OWN": own}) as learner:
                learner.begin(tmp_path)
                assert learner.run(LOOK.format((True, own, "false"))) == ""
                assert learner.run("os.chdir('/')") == ""
        assert Path.cwd() != Path("/")
    plain = {name: value for name, value in os.environ.items() if name != "MOTO_EC2_LOAD_DEFAULT_AMIS"}
    with Rehearsal({**plain, "OWN": "3"}) as learner:
        learner.begin(tmp_path)
        assert learner.run(LOOK.format((False, "3", None))) == "", "without a warm Python, a new one"


def test_forks_that_still_run_end_with_the_python_they_came_from(tmp_path: Path) -> None:
    with warm_python(tmp_path / "python", ()) as python:
        learner = Rehearsal(python.variables)
        learner.begin(tmp_path)
        assert learner.run(f"import os; open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid()))") == ""
        process = int((tmp_path / "pid").read_text())
        assert psutil.pid_exists(process)
    assert not psutil.pid_exists(process)
    with pytest.raises(BrokenPipeError):
        learner.run("pass")
    learner.close()


def test_nothing_is_left_where_who_started_it_is_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", STARTER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        started = [psutil.Process(int(pid)) for pid in starter.stdout.readline().split()]
        assert len(started) == 2
        starter.kill()
        assert not psutil.wait_procs(started, timeout=30)[1]


def test_a_fork_that_takes_too_long_can_be_ended_and_what_it_complains_of_is_in_its_log(tmp_path: Path) -> None:
    with warm_python(tmp_path / "python", ()) as python:
        fork = start("http.server", ["0"], python.variables, log=tmp_path / "log")
        with pytest.raises(subprocess.TimeoutExpired):
            fork.communicate(timeout=0.01)
        fork.send_signal(signal.SIGKILL)
        fork.communicate()
        start("nowhere", [], python.variables, log=tmp_path / "log").communicate()
        assert "No module named nowhere" in (tmp_path / "log").read_text()
