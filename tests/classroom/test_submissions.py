"""What is handed in is put in order; rosters that cannot be used; a judge that fails or is not let finish."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from dockyard.classroom.assignment import HAND_OUT, OURS, check_of, name_of, source_notebook, step_of
from dockyard.classroom.course import ClassFolder, make_course
from dockyard.classroom.judging import judged, known
from dockyard.classroom.marks import OPEN, told
from dockyard.classroom.roster import Learner, read_roster
from dockyard.classroom.sitting import opens_itself
from dockyard.classroom.submission import read_submission
from dockyard.classroom.warm import Warm, warm
from dockyard.content import open_course
from dockyard.content.imports import imported
from dockyard.errors import ClassroomError

LAB = open_course().labs[0]
STOPS_ITS_JUDGE = """\
import os, signal, subprocess
subprocess.Popen(["sleep", "987"])
os.kill(os.getppid(), signal.SIGSTOP)
"""


def released() -> dict[str, Any]:
    """The lab as nbgrader would hand it out."""
    notebook = source_notebook(LAB)
    for cell in notebook["cells"]:
        if ours := cell["metadata"].pop(OURS, None):
            cell["source"] = ours[HAND_OUT]
    return notebook


def read(folder: Path, notebook: Any) -> Any:
    file = folder / "answers.ipynb"
    file.write_text(notebook if isinstance(notebook, str) else json.dumps(notebook))
    return read_submission(file, released())


def names(notebook: dict[str, Any]) -> list[str]:
    return [name for cell in notebook["cells"] if (name := name_of(cell))]


def test_an_assignment_marks_every_step_once_with_its_points() -> None:
    cells = source_notebook(LAB)["cells"]
    points = {step: cell["metadata"]["nbgrader"]["points"] for cell in cells if (step := check_of(cell))}
    assert points == {step.id: step.points for step in LAB.steps}
    answered = [step for cell in cells if (step := step_of(cell))]
    assert answered == [step.id for step in LAB.steps]
    assert {"boto3", "docker", "sklearn.pipeline"} <= imported(LAB)


def test_a_submission_as_handed_out_is_read_as_it_is(tmp_path: Path) -> None:
    found = read(tmp_path, released())
    assert found.remarks == ()
    assert names(found.notebook) == names(released())


def test_marks_that_a_learner_changed_are_as_they_were_handed_out(tmp_path: Path) -> None:
    notebook = released()
    for cell in notebook["cells"]:
        if check_of(cell):
            cell["metadata"]["nbgrader"]["points"] = 1000
            cell["source"] = "100"
            cell["outputs"] = [{"output_type": "execute_result", "data": {"text/plain": "20"}}]
    notebook["cells"][0]["metadata"]["nbgrader"] = {"grade_id": "of-mine", "grade": True, "points": 50}
    found = read(tmp_path, notebook)
    checks = [cell for cell in found.notebook["cells"] if check_of(cell)]
    assert [cell["metadata"]["nbgrader"]["points"] for cell in checks] == [step.points for step in LAB.steps]
    assert all("lab.check" in cell["source"] and cell["outputs"] == [] for cell in checks)
    assert sorted(names(found.notebook)) == sorted(names(released()))


def test_cells_that_are_missing_come_back_in_their_places(tmp_path: Path) -> None:
    notebook = released()
    notebook["cells"] = [cell for cell in notebook["cells"] if "push" not in name_of(cell)]
    found = read(tmp_path, notebook)
    assert names(found.notebook) == names(released())
    assert [remark.split()[2] for remark in found.remarks] == ["step-push", "check-push"]


@pytest.mark.parametrize(
    "text", ["", "my answers", "[]", "[" * 100_000, '{"nbformat": 3}', '{"nbformat": 4, "cells": [1]}']
)
def test_what_is_no_notebook_is_one_sentence(tmp_path: Path, text: str) -> None:
    found = read(tmp_path, text)
    assert not found.readable
    (remark,) = found.remarks
    assert remark.startswith("answers.ipynb is not a notebook")
    assert names(found.notebook) == names(released())


@pytest.mark.parametrize(
    ("source", "itself"),
    [
        ('values = lab.start("opening")', True),
        ('values = lab.start()  # or lab.start("opening")', False),
        ("%%bash\nls", False),
    ],
)
def test_a_notebook_that_begins_from_the_opening_state_is_seen(source: str, itself: bool) -> None:
    assert opens_itself({"cells": [{"cell_type": "code", "source": source}]}) is itself


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("name\nada\n", "no column named id"),
        ("id\nada\nbob\nada\n", "Line 4 of the roster"),
        ("id,email\nada,\n,bob@example.org\n", "Line 3 of the roster"),
        ("id\n../ada\n", "Line 2 of the roster"),
        ("id\n", "names nobody"),
        ("", "no column named id"),
    ],
)
def test_a_roster_that_cannot_be_used_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    file = tmp_path / "roster.csv"
    file.write_text(text)
    with pytest.raises(ClassroomError, match=sentence):
        read_roster(file)


def test_a_roster_from_a_spreadsheet_is_read(tmp_path: Path) -> None:
    file = tmp_path / "roster.csv"
    file.write_bytes(b"\xef\xbb\xbfid, first_name ,group\r\nada,Ada,3\r\nbob\r\n")
    assert read_roster(file) == (Learner("ada", "Ada"), Learner("bob"))


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(ClassroomError, match="holds something else"):
        make_course(tmp_path, [LAB], [], "course")


def test_making_a_course_says_what_is_being_done(tmp_path: Path) -> None:
    doing: list[str] = []
    make_course(tmp_path, [LAB], [Learner("ada"), Learner("bob", "Bob")], "course", doing.append)
    assert doing[0] == f"Writing {LAB.id}"
    assert doing[-2:] == ["Enrolling ada, 1 of 2", "Enrolling bob, 2 of 2"]


@pytest.fixture
def course(tmp_path: Path) -> ClassFolder:
    """A course in which ada has handed in a first cell after which nothing ends by itself."""
    root = tmp_path / "course"
    make_course(root, [LAB], [], "course")
    shutil.copytree(root / "source" / LAB.id, root / "release" / LAB.id)
    notebook = released()
    (root / "release" / LAB.id / f"{LAB.id}.ipynb").write_text(json.dumps(notebook))
    shutil.copytree(root / "release" / LAB.id, root / "submitted" / "ada" / LAB.id)
    cell = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    cell["source"] = STOPS_ITS_JUDGE
    (root / "submitted" / "ada" / LAB.id / f"{LAB.id}.ipynb").write_text(json.dumps(notebook))
    return ClassFolder.open(root)


def test_a_submission_that_outlives_its_limit_is_ended_with_all_it_started(course: ClassFolder, tmp_path: Path) -> None:
    short = replace(course, seconds=5.0)
    with warm(tmp_path, ()) as processes:
        before = set(psutil.Process().children(recursive=True))
        bundle = judged(short, "ada", LAB, processes)
        started = set(psutil.Process().children(recursive=True)) - before
        assert not psutil.wait_procs(started, timeout=5)[1]
    assert "did not end within 5 seconds" in bundle.unjudged
    assert known(short, "ada", LAB) == bundle
    assert told(bundle, LAB.steps[0].id, 20)["data"]["text/plain"] == OPEN


def test_a_judge_that_fails_leaves_the_mark_open_and_tries_again(course: ClassFolder, tmp_path: Path) -> None:
    with warm(tmp_path, ()) as processes:
        bundle = judged(course, "ada", LAB, Warm(processes.sittings, tmp_path / "nowhere"))
    assert "not your fault" in bundle.unjudged
    assert told(bundle, LAB.steps[0].id, 20)["data"]["text/plain"] == OPEN
    assert known(course, "ada", LAB) == bundle
    assert bundle.retry


def test_what_lies_beside_a_notebook_can_be_imported(course: ClassFolder, tmp_path: Path) -> None:
    folder = course.submitted("ada", LAB.id)
    (folder / "beside.py").write_text('said = "found beside it"\n')
    notebook = json.loads((folder / f"{LAB.id}.ipynb").read_text())
    first = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    first["source"] = "import beside\nprint(beside.said)"
    (folder / f"{LAB.id}.ipynb").write_text(json.dumps(notebook))
    with warm(tmp_path, ()) as processes:
        bundle = judged(course, "ada", LAB, processes)
    assert "found beside it" in json.dumps(bundle.executed)
    assert "ModuleNotFoundError" not in json.dumps(bundle.executed)
