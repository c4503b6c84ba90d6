"""A lab as an nbgrader assignment: its notebook with solutions, grade cells and locked text, as plain JSON.

Knows nothing about nbgrader but the metadata it reads (schema 3), and nothing about folders.
"""

from __future__ import annotations

import re
from typing import Any

from dockyard.content.course import Lab
from dockyard.content.notebooks import lab_notebook

__all__ = ["BEGIN", "END", "HAND_OUT", "OURS", "check_of", "grade_id", "source_notebook", "step_of"]

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
#: Our own place in a cell's metadata, and in it the text that a learner is handed in the solution's stead.
OURS, HAND_OUT = "dockyard", "hand_out"
_CHECK, _STEP, _TEXT = "check-", "step-", "text-"
_CHECKS = re.compile(r"""\blab\.check\(\s*["']([^"']+)["']""")


def source_notebook(lab: Lab) -> dict[str, Any]:
    """The instructor's notebook (nbformat 4). Raises ContentError when the lab's notebook is none."""
    notebook = lab_notebook(lab)
    cells: list[dict[str, Any]] = []
    for place, cell in enumerate(notebook["cells"]):
        cells.append(_cell(lab, cell, place))
    found = {check_of(cell) for cell in cells}
    for step in lab.steps:
        if step.id not in found:
            at = next((place for place, cell in enumerate(cells) if step_of(cell) == step.id), len(cells) - 1)
            cells.insert(at + 1, _check_cell(step.id, step.points))
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    return {**notebook, "metadata": {**notebook.get("metadata", {}), "kernelspec": kernel}, "cells": cells}


def _cell(lab: Lab, cell: dict[str, Any], place: int) -> dict[str, Any]:
    source = "".join(cell.get("source", ""))
    tags = cell.get("metadata", {}).get("tags", [])
    points = {step.id: step.points for step in lab.steps}
    answered = next((tag.removeprefix("step:") for tag in tags if tag.removeprefix("step:") in points), None)
    if answered is not None and f"step:{answered}" in tags:
        solution = lab.step(answered).solution.rstrip("\n")
        made = _marked(cell, _STEP + answered, solution=True)
        made["metadata"][OURS] = {HAND_OUT: source}
        return {**made, "source": f"{BEGIN}\n{solution}\n{END}"}
    if cell["cell_type"] == "code" and (asked := _CHECKS.search(source)) and asked[1] in points:
        return _marked(cell, _CHECK + asked[1], grade=True, locked=True, points=points[asked[1]])
    if cell["cell_type"] == "markdown":
        return _marked(cell, grade_id(_TEXT + str(cell.get("id", place))), locked=True)
    return cell


def _marked(cell: dict[str, Any], name: str, **told: Any) -> dict[str, Any]:
    mark = {"schema_version": 3, "grade": False, "locked": False, "solution": False, "task": False, "grade_id": name}
    return {**cell, "metadata": {**cell.get("metadata", {}), "nbgrader": {**mark, **told}}}


def _check_cell(step: str, points: int) -> dict[str, Any]:
    cell: dict[str, Any] = {
        "cell_type": "code", "id": f"check-{grade_id(step)}"[:64], "metadata": {}, "execution_count": None,
        "outputs": [], "source": f'lab.check("{step}")',
    }  # fmt: skip
    return _marked(cell, _CHECK + step, grade=True, locked=True, points=points)


def grade_id(text: str) -> str:
    """The text as nbgrader allows it in a grade id: letters, digits, underscore and dash."""
    return re.sub(r"[^A-Za-z0-9_-]", "-", text)


def check_of(cell: dict[str, Any]) -> str:
    """The step that a grade cell stands for; "" for any other cell."""
    name = name_of(cell)
    return name.removeprefix(_CHECK) if name.startswith(_CHECK) else ""


def step_of(cell: dict[str, Any]) -> str:
    """The step that a learner's cell answers; "" for any other cell."""
    name = name_of(cell)
    return name.removeprefix(_STEP) if name.startswith(_STEP) else ""


def name_of(cell: dict[str, Any]) -> str:
    """The cell's grade id, "" where it has none."""
    mark = cell.get("metadata", {}).get("nbgrader")
    return str(mark.get("grade_id") or "") if isinstance(mark, dict) else ""
