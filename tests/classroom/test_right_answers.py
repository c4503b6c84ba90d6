"""A submission that answers everything rightly gets every point: its sandbox is as alive as the learner's was."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from dockyard.classroom.assignment import HAND_OUT, OURS
from dockyard.classroom.course import ClassFolder, make_course
from dockyard.classroom.judging import judged
from dockyard.classroom.warm import warm
from dockyard.content import open_course
from dockyard.content.course import Lab

COURSE = open_course()
#: One that asks what had been refused before its checks, one whose tasks answer real requests.
LABS = ["03-task-definition", "04-service"]


def handed_in(root: Path, lab: Lab) -> ClassFolder:
    """A course in which ada has handed in the instructor's own notebook."""
    make_course(root, [lab], [], "course")
    source, release = root / "source" / lab.id, root / "release" / lab.id
    shutil.copytree(source, root / "submitted" / "ada" / lab.id)
    shutil.copytree(source, release)
    notebook = json.loads((release / f"{lab.id}.ipynb").read_text())
    for cell in notebook["cells"]:
        if ours := cell["metadata"].pop(OURS, None):
            cell["source"] = ours[HAND_OUT]
    (release / f"{lab.id}.ipynb").write_text(json.dumps(notebook))
    return ClassFolder.open(root)


@pytest.mark.parametrize("lab", [COURSE.lab(one) for one in LABS], ids=LABS)
def test_the_right_answers_get_full_marks(tmp_path: Path, lab: Lab) -> None:
    course = handed_in(tmp_path / "course", lab)
    with warm(tmp_path, [lab]) as processes:
        bundle = judged(course, "ada", lab, processes)
    assert bundle.report is not None, bundle.unjudged
    assert {one.step: one.points for one in bundle.report.steps} == {step.id: step.points for step in lab.steps}
    assert bundle.remarks == ()
