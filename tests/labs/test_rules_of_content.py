"""What every lab must keep to, whatever it teaches."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest

from dockyard.content import Lab, open_course
from dockyard.grading.runner import checks_of

LABS = open_course().labs


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.id)
def test_a_notebook_is_valid_and_carries_no_output(lab: Lab) -> None:
    notebook = nbformat.read(lab.notebook, as_version=4)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) >= (4, 5)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.id)
def test_a_notebook_is_shown_as_it_is_written(lab: Lab) -> None:
    """JupyterLab sets what stands between two dollar signs as a formula, and cuts long lines of code off."""
    for cell in nbformat.read(lab.notebook, as_version=4).cells:
        if cell.cell_type == "markdown":
            assert not re.search(r"(?<!\\)\$", cell.source), cell.id
        else:
            assert max(map(len, cell.source.splitlines())) <= 104, cell.id


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.id)
def test_what_is_printed_of_a_prediction_needs_no_markup(lab: Lab) -> None:
    for one in lab.predictions:
        assert not re.search(r"\*[A-Za-z][^*]*\*|\]\(http", repr(one)), one.id


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.id)
def test_every_step_has_the_learners_cell_and_a_check_after_it(lab: Lab) -> None:
    cells = [cell for cell in nbformat.read(lab.notebook, as_version=4).cells if cell.cell_type == "code"]
    tags = [cell.metadata.get("tags", []) for cell in cells]
    for step in lab.steps:
        (place,) = [number for number, of_cell in enumerate(tags) if f"step:{step.id}" in of_cell]
        assert "# your turn" in cells[place].source
        assert cells[place + 1].source == f'lab.check("{step.id}")'


@pytest.mark.parametrize("file", [step.check for lab in LABS for step in lab.steps], ids=lambda file: file.stem)
def test_a_step_has_checks(file: Path) -> None:
    assert checks_of(file)
