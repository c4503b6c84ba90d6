"""Progress: verdicts are remembered, shown step by step, and outlast a kill, a return and a reset."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from running import COMMAND, Running, running

from dockyard.client import Client
from dockyard.content import open_course, unpack
from dockyard.display.steps import Steps, so_far
from dockyard.notebook import Door
from dockyard.rehearsal import Rehearsal
from dockyard.rehearsal.play import by_the_book

LAB = "00-worked-example"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A sandbox whose learner passed the first step and failed the second."""
    folder, lab = tmp_path_factory.mktemp("up"), open_course().lab(LAB)
    with running(folder / "data") as up:
        client = asked(up)
        client.open(LAB)
        with Rehearsal(up.environment) as learner:
            learner.begin(unpack(lab, folder / "lab"))
            for name, cell in by_the_book(lab):
                if name == "push":
                    break
                assert learner.run(cell) == ""
        first = client.check(LAB, "dockerize")
        assert client.check(LAB, "dockerize") == first  # what is remembered changes no judgement
        client.check(LAB, "push")
        client.hint(LAB, "service")  # a hint judges, but nobody asked for a verdict
        yield up


def asked(up: Running) -> Client:
    return Client(up.variables["AWS_ENDPOINT_URL"], up.variables["DOCKYARD_TOKEN"])


def steps(told: dict[str, Any]) -> dict[str, str]:
    """The verdict that counts for each step of the lab."""
    (lab,) = [one for one in told["labs"] if one["lab"] == LAB]
    return {one["step"]: one["verdict"] for one in lab["steps"]}


def test_a_step_is_passed_not_yet_or_not_tried_and_says_when(sandbox: Running) -> None:
    told = asked(sandbox).progress()
    assert list(steps(told).values()) == ["passed", "not yet", "not tried", "not tried", "not tried"]
    lab = told["labs"][0]
    assert (lab["points"], lab["of"]) == (lab["steps"][0]["of"], open_course().lab(LAB).points)
    assert lab["steps"][0]["passed"]["at"] <= told["now"]
    assert lab["steps"][2]["last"] is None


def test_it_outlasts_a_kill_a_return_and_a_reset(tmp_path: Path) -> None:
    with running(tmp_path / "data") as up:
        asked(up).check(LAB, "push")
        before = asked(up).progress()["labs"]
        up.process.send_signal(signal.SIGKILL)
        up.process.communicate()
    with running(tmp_path / "data", port=up.port) as up:
        assert asked(up).progress()["labs"] == before
        up.control("POST", "snapshots", {"name": "here"})
        up.control("POST", "snapshots/here/restore")
        asked(up).reset()
        assert asked(up).progress()["labs"] == before


def test_what_was_passed_once_stays_passed_and_the_latest_check_is_told_besides(sandbox: Running) -> None:
    asked(sandbox).reset()
    asked(sandbox).check(LAB, "dockerize")
    told = asked(sandbox).progress()
    assert steps(told)["dockerize"] == "passed"
    assert "; the latest check said not yet" in repr(Steps(told))
    assert "last dockerize, not yet" in so_far(told)[0]


def test_the_same_in_a_notebook_and_in_a_terminal(sandbox: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ENDPOINT_URL", "DOCKYARD_TOKEN"):
        monkeypatch.setenv(name, sandbox.variables[name])
    shown = Door(LAB).progress()
    page = ElementTree.fromstring(shown._repr_html_())
    opened = [one for one in page.iter("details") if one.get("open") is not None]
    assert len(opened) == 1
    assert [row.findtext("th") for row in opened[0].iter("tr")] == [one.title for one in open_course().lab(LAB).steps]
    told = said(sandbox, "progress", LAB)
    assert told == f"{shown}\n"
    assert f"{LAB}  From a model to an API that scales: 1 of 5 steps passed, " in told
    assert "04-service  The server that dies at night: not tried, 8 steps for 100 points" in told
    assert f"{LAB}: 1 of 5 steps passed, " in said(sandbox, "status")


def said(sandbox: Running, *words: str) -> str:
    return subprocess.run(
        [*COMMAND, *words], env=sandbox.environment, capture_output=True, text=True, check=True
    ).stdout
