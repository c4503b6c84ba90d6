"""Lint names file, step and rule: the course as it is has no fault, and each fault put into a copy of it is found."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dockyard.authoring.lint import lint
from dockyard.content import Places, places

LAB = "00-worked-example"


@pytest.fixture
def copy(tmp_path: Path) -> Places:
    where = places()
    for folder in (where.labs, where.graders):
        shutil.copytree(folder, tmp_path / folder.name, ignore=shutil.ignore_patterns("__pycache__", ".ipynb*"))
    return Places(tmp_path / "labs", tmp_path / "graders")


def test_the_course_has_no_fault(copy: Places) -> None:
    assert lint(copy) == []


def said(file: str, old: str, new: str) -> Callable[[Path], None]:
    """Say something else in a file, once."""

    def change(root: Path) -> None:
        text = (root / file).read_text()
        assert old in text
        (root / file).write_text(text.replace(old, new, 1))

    return change


def added(file: str, text: str = "") -> Callable[[Path], None]:
    """Put a file there, or text at its end."""

    def change(root: Path) -> None:
        (root / file).parent.mkdir(exist_ok=True)
        with (root / file).open("a") as opened:
            opened.write(text)

    return change


def removed(file: str) -> Callable[[Path], None]:
    return lambda root: (root / file).unlink()


def open_solution(root: Path) -> None:
    """The solution of the push shown in a cell of the notebook."""
    file = root / "labs" / LAB / "lab.ipynb"
    notebook = json.loads(file.read_text())
    notebook["cells"][0]["source"] += (root / "graders" / LAB / "push" / "solution.py").read_text()
    file.write_text(json.dumps(notebook))


def long_beginning(root: Path) -> None:
    """A story of 600 words more before the first step."""
    file = root / "labs" / LAB / "lab.ipynb"
    notebook = json.loads(file.read_text())
    notebook["cells"][0]["source"] += "\n" + "word " * 600
    file.write_text(json.dumps(notebook))


FAULTS = {
    "unknown key of the lab": (said(f"labs/{LAB}/lab.toml", "apart =", "appart ="), "unknown key: Nobody reads the key appart"),
    "unknown key of a step": (said(f"labs/{LAB}/lab.toml", "minutes = 15", "minutes = 15\nminuets = 1"), "step dockerize: unknown key"),
    "hint missing": (said(f"labs/{LAB}/lab.toml", "hints = [", "hints = [] #"), "unreadable"),
    "ladder for no check": (added(f"labs/{LAB}/lab.toml", 'hints_for = {nope = ["a", "b", "c"]}\n'), "step scaling: hints: hints_for names the check nope"),
    "points": (said(f"labs/{LAB}/lab.toml", "points = 20", "points = 25"), "points: Its steps are worth 105"),
    "id of a cell": (said(f"labs/{LAB}/lab.ipynb", "step:push", "step:pusch"), "step pusch: cells"),
    "check of another step": (said(f"labs/{LAB}/lab.ipynb", 'lab.check(\\"push\\")', 'lab.check(\\"pull\\")'), "step push: cells"),
    "orphan grader": (added(f"graders/{LAB}/posh.py"), "posh.py: orphan"),
    "orphan cell": (added(f"graders/{LAB}/push/solved.py"), "step push: orphan"),
    "orphan lab": (added("graders/07-nothing/x.py"), "07-nothing: orphan"),
    "one mistake": (lambda root: [one.unlink() for one in sorted((root / f"graders/{LAB}/push").glob("mistake_*"))[1:]], "step push: mistakes: It has 1"),
    "solution missing": (removed(f"graders/{LAB}/push/solution.py"), "unreadable"),
    "solution handed out": (open_solution, "step push: solution in the hand-out"),
    "much to read before the first check": (long_beginning, "step dockerize: pace: 1"),
    "month of the facts missing": (said("labs/05-scaling/lab.ipynb", "*As of November 2026.*", "*As of now.*"), "05-scaling/lab.ipynb: sources: The cell more-exactly does not say of which month"),
    "fact without a page": (said("labs/05-scaling/lab.ipynb", "- [Target tracking](https://", "- [Target tracking](http//"), "sources: The cell more-exactly names no page for this: [Target tracking]"),
    "question nobody asks": (added(f"graders/{LAB}/predictions.toml", '[q]\nask = "?"\nright = 1\nbecause = "."\n'), "predictions: No cell"),
    "sentence nobody reads": (said("graders/01-dockerize/predictions.toml", "[cache.betrays]\n", '[cache.betrays]\na = "."\n'), "cache: nobody reads the sentence for a."),
    "covered by no step": (said("labs/coverage.toml", f"{LAB}/push", f"{LAB}/pull"), "coverage: objectives.4 names the step"),
    "not covered": (said("labs/coverage.toml", ', later = ["11-eks"] }', " }"), "coverage: objectives.2 has neither"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_named_with_its_file_step_and_rule(fault: str, copy: Places) -> None:
    change, sentence = FAULTS[fault]
    change(copy.labs.parent)  # type: ignore[operator]
    found = [str(one) for one in lint(copy)]
    assert any(sentence in one for one in found), found
