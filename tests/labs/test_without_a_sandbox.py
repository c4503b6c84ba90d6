"""A notebook started where no sandbox is."""

from __future__ import annotations

import os
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from dockyard.content import Lab, open_course


@pytest.mark.parametrize("lab", open_course().labs, ids=lambda lab: lab.id)
def test_started_without_a_sandbox_the_notebook_stops_at_a_sentence(lab: Lab, tmp_path: Path) -> None:
    notebook = nbformat.read(lab.notebook, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if cell.id == "start"]
    strange = ("AWS_", "DOCKYARD_")
    variables = {name: value for name, value in os.environ.items() if not name.startswith(strange)}
    client = NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}})
    with pytest.raises(CellExecutionError):
        client.execute(env=variables)
    (output,) = notebook.cells[0].outputs
    (line,) = output.traceback
    assert line.startswith("No Dockyard sandbox is set up here. Start one in a terminal: dockyard up.")
