"""A submitted notebook put in order: cells cleaned, doubled marks taken off, missing cells put back, all remarked on.

Knows nothing about kernels, sandboxes or nbgrader's gradebook. The same file always gives the same cells in the same
order, so that what one process ran and another one marks can be laid side by side.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dockyard.classroom.assignment import name_of
from dockyard.errors import ClassroomError

__all__ = ["Submission", "read_notebook", "read_submission"]

#: A notebook's file may have so many bytes; what a learner writes has a thousandth of them.
_LARGEST = 50 * 1024 * 1024
_KINDS = ("code", "markdown", "raw")

Cell = dict[str, Any]
Notebook = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Submission:
    """A notebook (nbformat 4, without outputs), what there is to say about it, and whether it could be read at all."""

    notebook: Notebook
    remarks: tuple[str, ...]
    readable: bool = True


def read_submission(file: Path, released: Notebook) -> Submission:
    """The submission in a file, against the notebook that was handed out; what cannot be read has the given cells."""
    try:
        cells = [_clean(cell) for cell in read_notebook(file)["cells"]]
    except ClassroomError as error:
        return Submission(_with(released, _completed([], released)[0]), (error.message,), readable=False)
    cells, doubled = _single(cells, released)
    cells, missing = _completed(cells, released)
    remarks = [f"The cell {name} was there more than once; the last one counts." for name in doubled]
    remarks += [f"The cell {name} was missing; it was put back as it was handed out." for name in missing]
    return Submission(_with(released, cells), tuple(remarks))


def read_notebook(file: Path) -> Notebook:
    """The notebook in a file. Raises ClassroomError with a sentence for the learner when it is none."""
    try:
        if file.stat().st_size > _LARGEST:
            raise ClassroomError(f"{file.name} is larger than {_LARGEST // 1024 // 1024} MB.")
        notebook = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ClassroomError(f"There is no {file.name} in what was handed in.") from error
    except (OSError, ValueError, RecursionError) as error:
        raise ClassroomError(f"{file.name} is not a notebook: {error}.") from error
    if not isinstance(notebook, dict) or notebook.get("nbformat") != 4:
        raise ClassroomError(f"{file.name} is not a notebook of format 4, which Jupyter writes.")
    cells = notebook.get("cells")
    if not isinstance(cells, list) or not all(_is_cell(cell) for cell in cells):
        raise ClassroomError(f"{file.name} is not a notebook: its cells are damaged.")
    return notebook


def _is_cell(cell: Any) -> bool:
    if not isinstance(cell, dict) or cell.get("cell_type") not in _KINDS or not isinstance(cell.get("metadata"), dict):
        return False
    source = cell.get("source")
    return isinstance(source, str) or (isinstance(source, list) and all(isinstance(line, str) for line in source))


def _clean(cell: Cell) -> Cell:
    """The cell with what it must have, and nothing that it said before."""
    mark = {"nbgrader": {"grade_id": name}} if (name := name_of(cell)) else {}
    tags = cell["metadata"].get("tags")
    kept = {"tags": [str(tag) for tag in tags]} if isinstance(tags, list) else {}
    return _blank(cell["cell_type"], "".join(cell["source"]), {**kept, **mark})


def _blank(kind: str, source: str, metadata: dict[str, Any]) -> Cell:
    cell: Cell = {"cell_type": kind, "metadata": metadata, "source": source}
    return {**cell, "outputs": [], "execution_count": None} if kind == "code" else cell


def _single(cells: list[Cell], released: Notebook) -> tuple[list[Cell], list[str]]:
    """Each cell that was handed out is marked once and as it was then; other marks are gone, their cells are not."""
    given = {name: cell for cell in released["cells"] if (name := name_of(cell))}
    seen: set[str] = set()
    doubled: list[str] = []
    kept: list[Cell] = []
    for cell in reversed(cells):
        name = name_of(cell)
        bare = {key: value for key, value in cell["metadata"].items() if key != "nbgrader"}
        if name in given and name not in seen:
            kept.append(_restored(cell, given[name]))
        else:
            kept.append({**cell, "metadata": bare})
            doubled += [name] if name in seen and name not in doubled else []
        seen |= {name} & given.keys()
    return kept[::-1], doubled[::-1]


def _restored(cell: Cell, given: Cell) -> Cell:
    """The learner's answer in a solution cell; everything else is as it was handed out."""
    answers = given["metadata"]["nbgrader"].get("solution")
    return _blank(given["cell_type"], cell["source"] if answers else "".join(given["source"]), dict(given["metadata"]))


def _completed(cells: list[Cell], released: Notebook) -> tuple[list[Cell], list[str]]:
    """What was handed out and is not there comes back after what stood before it; the graded ones are remarked on."""
    completed = list(cells)
    missing: list[str] = []
    after = -1
    for given in released["cells"]:
        if not (name := name_of(given)):
            continue
        there = [place for place, cell in enumerate(completed) if name_of(cell) == name]
        if not there:
            completed.insert(after + 1, _restored({"source": "".join(given["source"])}, given))
            mark = given["metadata"]["nbgrader"]
            missing += [name] if mark.get("grade") or mark.get("solution") else []
        after = there[0] if there else after + 1
    return completed, missing


def _with(released: Notebook, cells: list[Cell]) -> Notebook:
    """A valid notebook of these cells: each is numbered, because a copied one brings its old id along."""
    numbered = [{**cell, "id": f"cell-{place}"} for place, cell in enumerate(cells)]
    kernel = {"kernelspec": dict(released["metadata"]["kernelspec"])}
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": kernel, "cells": numbered}
