"""A small course through nbgrader's own commands: who did well, who did not, and what was no proper submission."""

from __future__ import annotations

import csv
import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from running import COMMAND

from dockyard.classroom.assignment import check_of, step_of
from dockyard.content import lab_notebook, mistaken_cells, open_course

LAB = open_course().labs[0]
SLEEP = "import time\nbefore = lab.now()\ntime.sleep(3600)\nprint(before[11:13], lab.now()[11:13])"
ROSTER = "id,first_name,last_name,email\nada,Ada,Lovelace,ada@example.org\nbob,Bob,,\ncyn,,,\ndan,,,\neve,,,\n"
SECONDS = 25


@dataclass(frozen=True, slots=True)
class Class:
    """A course's folder and what the commands there said."""

    root: Path
    said: dict[str, str]

    def nbgrader(self, *words: str) -> str:
        return run(self.root, sys.executable, "-m", "nbgrader", *words)

    def dockyard(self, *words: str) -> str:
        return run(self.root, *COMMAND, *words)

    def hand_in(
        self, learner: str, change: Callable[[list[Any]], None], mistakes: dict[str, str] | None = None
    ) -> None:
        """The released notebook with every step answered, and then changed."""
        folder = self.root / "submitted" / learner / LAB.id
        shutil.copytree(self.root / "release" / LAB.id, folder)
        file = folder / f"{LAB.id}.ipynb"
        notebook = json.loads(file.read_text())
        answers = mistaken_cells(LAB, mistakes)
        for cell in notebook["cells"]:
            if step := step_of(cell):
                cell["source"] = answers[step]
        change(notebook["cells"])
        file.write_text(json.dumps(notebook))

    def result(self, learner: str) -> dict[str, Any]:
        return json.loads((self.root / "bundles" / learner / LAB.id / "result.json").read_text())

    def feedback(self, learner: str) -> str:
        return (self.root / "feedback" / learner / LAB.id / f"{LAB.id}.html").read_text()

    def marks(self, learner: str) -> dict[str, tuple[float | None, bool]]:
        """Step → the automatic mark and whether a person must look, as the gradebook has them."""
        asked = """SELECT base_cell.name, grade.auto_score, grade.needs_manual_grade FROM grade
            JOIN base_cell ON base_cell.id = grade.cell_id
            JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id
            JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
            WHERE submitted_assignment.student_id = ?"""
        with sqlite3.connect(self.root / "gradebook.db") as gradebook:
            rows = gradebook.execute(asked, (learner,)).fetchall()
        gradebook.close()
        return {name.removeprefix("check-"): (mark, bool(waits)) for name, mark, waits in rows}


def run(folder: Path, *command: str) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(command, cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True)
    return done.stdout + done.stderr


def table(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(file.read_text().splitlines()))


def place(cells: list[Any], step: str, find: Callable[[dict[str, Any]], str] = check_of) -> int:
    return next(at for at, cell in enumerate(cells) if find(cell) == step)


def nothing(_cells: list[Any]) -> None:
    pass


def a_sleep(cells: list[Any]) -> None:
    cells.append({"cell_type": "code", "metadata": {}, "source": SLEEP, "outputs": [], "execution_count": None})


def one_check_missing_and_one_twice(cells: list[Any]) -> None:
    del cells[place(cells, "push")]
    cells.append(dict(cells[place(cells, "service")]))


def never_ends_after_the_push(cells: list[Any]) -> None:
    cells[place(cells, "task-definition", step_of)]["source"] = "import threading\n\nthreading.Event().wait()"


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Class:
    """Everybody has handed in, nbgrader has marked one of them, `dockyard grade` all."""
    folder = tmp_path_factory.mktemp("school")
    (folder / "roster.csv").write_text(ROSTER)
    made = Class(folder / "course", {})
    made.said["init"] = run(folder, *COMMAND, "class", "init", "course", "--roster", "roster.csv", "--name", "Ship it")
    settings = made.root / "course.toml"
    settings.write_text(settings.read_text().replace("seconds = 300", f"seconds = {SECONDS}"))
    made.said["released"] = made.nbgrader("generate_assignment", LAB.id)
    made.hand_in("ada", a_sleep)
    made.said["autograde"] = made.nbgrader("autograde", LAB.id)
    made.hand_in("bob", nothing, {"service": "one_task"})
    made.hand_in("cyn", one_check_missing_and_one_twice)
    made.hand_in("dan", never_ends_after_the_push)
    made.hand_in("eve", nothing)
    (made.root / "submitted" / "eve" / LAB.id / f"{LAB.id}.ipynb").write_text("my answers:\n")
    made.said["grade"] = made.dockyard("grade", ".", "--jobs", "4")
    return made


def test_the_secret_and_the_accounts_are_for_their_owner_only_and_differ(school: Class) -> None:
    lines = table(school.root / "accounts.csv")
    assert [line["id"] for line in lines] == ["ada", "bob", "cyn", "dan", "eve"]
    assert all(len({line[name] for line in lines}) == 5 for name in ("seed", "account", "access_key"))
    for name in (".dockyard-secret", "accounts.csv", "roster.csv"):
        assert stat.S_IMODE((school.root / name).stat().st_mode) == 0o600


def test_what_is_handed_out_holds_no_solution(school: Class) -> None:
    source = (school.root / "source" / LAB.id / f"{LAB.id}.ipynb").read_text()
    assert "BEGIN SOLUTION" in source
    assert "hand_out" in source
    released = (school.root / "release" / LAB.id / f"{LAB.id}.ipynb").read_text()
    assert "SOLUTION" not in released
    assert "hand_out" not in released
    handed_out = ["".join(cell["source"]) for cell in json.loads(released)["cells"]]
    assert handed_out == ["".join(cell["source"]) for cell in lab_notebook(LAB)["cells"]]


def test_nbgrader_alone_marks_a_good_submission_in_full_and_the_round_takes_that(school: Class) -> None:
    assert school.marks("ada") == {step.id: (step.points, False) for step in LAB.steps}
    assert "1 of 5 submissions are judged already" in school.said["grade"]
    assert "ada ·" not in school.said["grade"]


def test_a_wrong_step_costs_its_points_and_the_feedback_says_why(school: Class) -> None:
    marks = school.marks("bob")
    assert marks["service"] == (0, False)
    assert marks["push"] == (LAB.step("push").points, False)
    (wrong,) = (one for one in school.result("bob")["report"]["steps"] if one["step"] == "service")
    seen = next(check["seen"] for check in wrong["checks"] if check["verdict"] == "not yet")
    assert seen in school.feedback("bob")


def test_a_missing_and_a_doubled_cell_are_told_and_cost_nothing(school: Class) -> None:
    assert school.marks("cyn") == {step.id: (step.points, False) for step in LAB.steps}
    told = school.result("cyn")["remarks"]
    assert len(told) == 2
    assert "check-service was there more than once" in told[0]
    assert "check-push was missing" in told[1]
    assert told[1] in school.feedback("cyn")


def test_a_cell_that_never_ends_costs_what_comes_after_it(school: Class) -> None:
    marks = school.marks("dan")
    assert marks["push"] == (LAB.step("push").points, False)
    assert {marks[step] for step in ("task-definition", "service", "scaling")} == {(0, False)}
    (told,) = school.result("dan")["remarks"]
    assert "`import threading`" in told
    assert "was stopped" in told


def test_what_is_no_notebook_leaves_the_mark_open_and_says_so(school: Class) -> None:
    assert set(school.marks("eve").values()) == {(None, True)}
    assert f"{LAB.id}.ipynb is not a notebook" in school.feedback("eve")
    assert f"eve · {LAB.id}: {LAB.id}.ipynb is not a notebook" in school.said["grade"]


def test_sleep_moves_the_simulated_clock(school: Class) -> None:
    notebook = json.loads((school.root / "bundles" / "ada" / LAB.id / "executed.ipynb").read_text())
    (output,) = notebook["cells"][-1]["outputs"]
    before, after = output["text"].split()
    assert int(after) == (int(before) + 1) % 24
    assert school.result("ada")["seconds"] < SECONDS


def test_grades_are_exported_and_a_second_round_has_nothing_to_do(school: Class) -> None:
    school.nbgrader("export")
    rows = {line["student_id"]: float(line["raw_score"]) for line in table(school.root / "grades.csv")}
    assert rows == {"ada": 100, "bob": 80, "cyn": 100, "dan": 40, "eve": 0}
    assert school.dockyard("grade", ".").splitlines() == [
        "5 of 5 submissions are judged already and have not changed.",
        f"{LAB.id}: 5 submissions, 0 of them marked in this round.",
    ]
