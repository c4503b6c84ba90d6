"""How the tests are dealt out where several run at once: a file's stay together, for they share what it sets up."""

from __future__ import annotations

import os
import re

import pytest

#: Builds resolve packages against what is at hand here; the index of this machine is asked by no test.
os.environ.setdefault("PIP_NO_INDEX", "1")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Group by file; the labs' by lab, for each has a sandbox of its own and they are the longest."""
    for item in items:
        of = re.search(r"\[(\d\d-[a-z-]+)", item.name)
        item.add_marker(pytest.mark.xdist_group(f"{item.path.name} {of[1] if of else ''}"))
