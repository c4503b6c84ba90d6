"""A lab's notebook as plain JSON, and the notebooks made from it: solved, or solved but for named mistakes.

Knows nothing about kernels: it puts cells in place of the learner's (those tagged `step:ID`), answers the questions of
those tagged `predict:ID`, and runs none.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dockyard.content.course import Lab
from dockyard.errors import ContentError

__all__ = ["answered", "lab_notebook", "mistaken_cells", "solved_notebook", "tagged", "unpack"]

_TAG = "step:"
_QUESTION = "predict:"
#: The line on which a learner writes a prediction: `answer = None  # your turn: a number`.
_ANSWER = re.compile(r"^(\w+ = )None(?=  # your turn)", re.MULTILINE)
#: The line on which a learner draws a curve, where a question asks for one beside the answer.
_NOTHING_DRAWN = "drawn = []"
#: Of a lab's folder, what no learner works with: it has every hint, and `COPY . .` would take it into an image.
_NOT_UNPACKED = "lab.toml"


def lab_notebook(lab: Lab) -> dict[str, Any]:
    """The notebook as it is handed out (nbformat 4). Raises ContentError when it is no notebook."""
    try:
        notebook = json.loads(lab.notebook.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ContentError(f"{lab.notebook} is no notebook: {error}.") from error
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise ContentError(f"{lab.notebook} is no notebook: it has no cells.")
    return notebook


def solved_notebook(lab: Lab, mistakes: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The notebook with each step's solution in place; `mistakes` maps a step's id to the mistake to make instead.

    Raises ContentError for an unknown step or mistake, or when a step has no cell of its own.
    """
    cells = mistaken_cells(lab, mistakes)
    notebook = lab_notebook(lab)
    for cell in notebook["cells"]:
        step, question = tagged(cell, _TAG), tagged(cell, _QUESTION)
        if step in cells:
            cell["source"] = cells.pop(step).splitlines(keepends=True)
        elif question:
            cell["source"] = answered(lab, question, "".join(cell["source"])).splitlines(keepends=True)
    if cells:
        raise ContentError(f"{lab.notebook} has no cell tagged {_TAG}{min(cells)}.")
    return notebook


def mistaken_cells(lab: Lab, mistakes: Mapping[str, str] | None = None) -> dict[str, str]:
    """The learner's cell of each step, by the step's id: its solution, or the mistake named for it."""
    chosen = dict(mistakes or {})
    cells = {step.id: step.solution for step in lab.steps}
    for step_id, name in chosen.items():
        cells[step_id] = lab.step(step_id).mistake(name).cell
    return cells


def unpack(lab: Lab, folder: Path) -> Path:
    """Copy what a learner gets into a folder to work in, and answer that folder; what lies there already stays.

    A file is there whole or not at all: half of one, of a full disk, would stay.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for file in sorted(lab.folder.iterdir()):
        if file.is_file() and file.name != _NOT_UNPACKED and not (folder / file.name).exists():
            shutil.copyfile(file, folder / f".{file.name}.new")
            (folder / f".{file.name}.new").replace(folder / file.name)
    return folder


def answered(lab: Lab, question: str, cell: str) -> str:
    """A predicting cell with the right answer on the learner's line, and a curve where it asks for one.

    Raises ContentError for an unknown question.
    """
    one = lab.prediction(question)
    if one.drawn:
        cell = cell.replace(_NOTHING_DRAWN, f"drawn = {one.drawn}", 1)
    return _ANSWER.sub(lambda line: line[1] + (repr(one.right) if one.choices else one.right), cell, count=1)


def tagged(cell: dict[str, Any], kind: str) -> str:
    """What a cell's tag of a kind names: for `step:` the id in `step:push`; "" where it has none."""
    tags = cell.get("metadata", {}).get("tags", [])
    return next((str(tag).removeprefix(kind) for tag in tags if str(tag).startswith(kind)), "")
