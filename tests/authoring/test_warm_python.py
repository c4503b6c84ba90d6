"""Processes forked from a warm Python: they find loaded what it loaded, and are their own in all else."""

from __future__ import annotations

import os
from pathlib import Path

import psutil
import pytest

from dockyard.rehearsal import Rehearsal
from dockyard.warm_python import warm_python

#: Never imported by anything here, so that finding it loaded tells something; and what sets a variable for itself.
LOADS = ("colorsys", "dockyard.sandbox.moto.loading:loaded")
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
    with Rehearsal({**os.environ, "OWN": "3"}) as learner:
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
