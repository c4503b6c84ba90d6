"""Grading a class: `dockyard grade` with two jobs beside stock `nbgrader autograde` on notebooks of the same cells.

Knows nothing about how either works. Stock runs the check cells in the learner's kernel, which starts and stops the
same kind of sandbox in a first and a last cell, each with its learner's own seed, as ours have. Both end with feedback
made, and neither knows at the beginning what images were observed to do. `python bench/grading.py [LAB] [COUNT]`.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from report import Found, Row, machine, table, timed

from dockyard.classroom.assignment import check_of, source_notebook, step_of
from dockyard.classroom.course import make_course
from dockyard.content import Lab, open_course

COUNT = 20
JOBS = 2
_BEGIN = """\
import os, tempfile
from pathlib import Path
from dockyard.demo import sandbox
learner = Path.cwd().parent.name
sandbox_of_this_notebook = sandbox(Path(tempfile.mkdtemp()) / "data", "--clock", "stepped", "--seed", learner)
os.environ.update(sandbox_of_this_notebook.__enter__())
"""
#: A lab that builds on others: the cloud it opens from, made as `dockyard grade` makes it.
_OPEN = """
from dockyard.client import Client
Client(os.environ["AWS_ENDPOINT_URL"], os.environ["DOCKYARD_TOKEN"]).open("{lab}", "opening")
"""
_END = "sandbox_of_this_notebook.__exit__(None, None, None)"


def measure(lab_id: str = "", count: int = COUNT) -> Found:
    """One run of each, since each is a sum over `count` submissions."""
    course = open_course()
    lab = course.lab(lab_id) if lab_id else course.labs[0]
    with tempfile.TemporaryDirectory(prefix="dockyard-bench-") as folder:
        ours, stock = _ours(Path(folder) / "ours", lab, count), _stock(Path(folder) / "stock", lab, count)
        seconds = timed(lambda: _run(ours, "dockyard.cli", "grade", ".", "--jobs", str(JOBS)))
        marking = timed(lambda: _nbgrader(stock, "autograde", lab.id))
        telling = timed(lambda: _nbgrader(stock, "generate_feedback", lab.id))
        _all_full_marks(ours, lab, count)
        _all_full_marks(stock, lab, count)
    row = Row(f"grading {count} of {lab.id}", seconds, "s", 0.5, "stock nbgrader", marking + telling)
    notes = [
        f"{JOBS} jobs: {60 * count / seconds:.0f} submissions a minute; stock: {60 * count / (marking + telling):.0f}",
        f"of stock's, {marking:.1f} s are autograde and {telling:.1f} s feedback",
    ]
    return Found([row], notes)


def _ours(root: Path, lab: Lab, count: int) -> Path:
    make_course(root, [lab], [], "bench")
    _hand_in(root, lab, count)
    return root


def _stock(root: Path, lab: Lab, count: int) -> Path:
    """The same cells for an nbgrader that knows nothing of us: a check cell ends with its points."""
    shutil.copytree(lab.folder, root / "source" / lab.id, ignore=shutil.ignore_patterns("lab.*"))
    notebook = source_notebook(lab)
    for cell in notebook["cells"]:
        if step := check_of(cell):
            cell["source"] = f'lab.check("{step}").report.points'
    begin = _BEGIN + (_OPEN.format(lab=lab.id) if lab.opening else "")
    notebook["cells"] = [_cell(begin), *notebook["cells"], _cell(_END)]
    (root / "source" / lab.id / f"{lab.id}.ipynb").write_text(json.dumps(notebook))
    (root / "nbgrader_config.py").write_text("c = get_config()\nc.Execute.timeout = 120\n")
    _hand_in(root, lab, count)
    return root


def _cell(source: str) -> dict[str, Any]:
    return {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": None}


def _hand_in(root: Path, lab: Lab, count: int) -> None:
    _nbgrader(root, "generate_assignment", lab.id)
    notebook = json.loads((root / "release" / lab.id / f"{lab.id}.ipynb").read_text())
    for cell in notebook["cells"]:
        if step := step_of(cell):
            cell["source"] = lab.step(step).solution
    for number in range(count):
        folder = root / "submitted" / f"learner-{number:02}" / lab.id
        shutil.copytree(root / "release" / lab.id, folder)
        (folder / f"{lab.id}.ipynb").write_text(json.dumps(notebook))


def _nbgrader(root: Path, *words: str) -> None:
    _run(root, "nbgrader", *words)


def _run(root: Path, *words: str) -> None:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    variables = {**os.environ, "PATH": path, "XDG_CACHE_HOME": str(root / "cache")}
    subprocess.run([sys.executable, "-m", *words], cwd=root, env=variables, check=True, capture_output=True)


def _all_full_marks(root: Path, lab: Lab, count: int) -> None:
    """A measurement of something else than grading is none."""
    _nbgrader(root, "export")
    scores = [line.split(",")[-2] for line in (root / "grades.csv").read_text().splitlines()[1:]]
    if scores != [f"{lab.points:.1f}"] * count:
        raise RuntimeError(f"not all have full marks in {root.name}: {scores}")


if __name__ == "__main__":
    print(machine())
    found = measure(*sys.argv[1:2], *map(int, sys.argv[2:3]))
    print(f"\n{table(found.rows)}\n\n" + "\n".join(found.notes))
