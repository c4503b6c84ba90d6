"""How the tests are dealt out where several run at once: a file's stay together, for they share what it sets up."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import Any

import pytest

#: Builds resolve packages against what is at hand here; the index of this machine is asked by no test.
os.environ.setdefault("PIP_NO_INDEX", "1")


@pytest.fixture(scope="session")
def package_index() -> None:
    """Skips where no package index answers pip, as it is configured here; nothing is downloaded."""
    asked = (
        sys.executable,
        "-m",
        "pip",
        "--no-input",
        "--retries=0",
        "--timeout=5",
        "index",
        "versions",
        "scikit-learn",
    )
    environment = {name: value for name, value in os.environ.items() if name != "PIP_NO_INDEX"}
    if subprocess.run(asked, env=environment, capture_output=True, check=False).returncode:
        pytest.skip("no package index reachable")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """By file; the labs' by lab, for each has a sandbox of its own and they are the longest."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFileAndLab(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            of = re.search(r"\[(\d\d-[a-z-]+)", nodeid)
            return nodeid.partition("::")[0] + (of[1] if of else "")

    return ByFileAndLab(config, log)
