"""What package tests stand on: pip configured so that nobody answers it, unless a test gives it an index."""

from __future__ import annotations

import os

import pytest
from wheelhouse import NOBODY


@pytest.fixture(autouse=True)
def _nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [each for each in os.environ if each.startswith("PIP_")]:
        monkeypatch.delenv(name)
    for name, value in NOBODY.items():
        monkeypatch.setenv(name, value)
