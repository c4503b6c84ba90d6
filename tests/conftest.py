"""How the tests are dealt out where several run at once: a file's stay together, for they share what it sets up.

And what none may leave behind: an account's journal left open is found by the collector in some test that comes later.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

#: Builds resolve packages against what is at hand here; the index of this machine is asked by no test.
os.environ.setdefault("PIP_NO_INDEX", "1")


@pytest.fixture(autouse=True)
def _closes_what_it_opens() -> Iterator[None]:
    """Fails where a test leaves a journal open."""
    before = open_journals()
    yield
    left = open_journals() - before
    assert not left, f"left open: {left}. Open a learner in a `with` block."


def open_journals() -> set[str]:
    """The journals that this process holds open, where the system tells."""
    found: set[str] = set()
    for descriptor in Path("/proc/self/fd").glob("*"):
        with suppress(OSError):  # closed meanwhile
            found.add(os.readlink(descriptor))
    return {name for name in found if name.removesuffix(" (deleted)").endswith("journal.jsonl")}


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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Labs and classes come first: they take longest, and nobody waits for them at the end."""
    items.sort(key=lambda one: not one.nodeid.startswith(("tests/labs/", "tests/classroom/")))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """By file; the labs' by lab, for each has a sandbox of its own and they are the longest."""
    from xdist.scheduler import LoadScopeScheduling

    config.option.loadscopereorder = False

    class ByFileAndLab(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            of = re.search(r"\[(\d\d-[a-z-]+)", nodeid)
            return nodeid.partition("::")[0] + (of[1] if of else "")

    return ByFileAndLab(config, log)
