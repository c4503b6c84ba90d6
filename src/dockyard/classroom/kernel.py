"""A submission's kernel: its cells run one after another, the grade cells do not, and in the end nothing of it runs.

Knows nothing about verdicts: where a grade cell stands, it calls back.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbconvert.preprocessors.coalescestreams import CoalesceStreamsPreprocessor

from dockyard.classroom.assignment import check_of
from dockyard.classroom.ending import end
from dockyard.classroom.forks import ForkedProvisioner, WaitingKernel

__all__ = ["run_cells"]

Notebook = dict[str, Any]


def run_cells(
    notebook: Notebook,
    waiting: WaitingKernel,
    folder: Path,
    variables: dict[str, str],
    seconds: float,
    at_check: Callable[[str], None],
) -> tuple[Notebook, tuple[str, ...]]:
    """The notebook as it ran within so many seconds, and sentences about what kept it from running to its end.

    A cell that fails is no hindrance to the next one, as in nbgrader. `at_check` is called with the step's id at each
    grade cell, while the kernel waits.
    """
    node = nbformat.from_dict(notebook)
    client = NotebookClient(node, _manager(waiting, folder), allow_errors=True, interrupt_on_timeout=False)
    until = time.monotonic() + seconds
    remarks: tuple[str, ...] = ()
    with client.setup_kernel(env=variables, cwd=str(folder)):
        try:
            for place, cell in enumerate(node.cells):
                if step := check_of(cell):
                    at_check(step)
                elif cell.cell_type == "code":
                    client.timeout = max(1, int(until - time.monotonic()))
                    client.execute_cell(cell, place)
        except CellTimeoutError:
            spent = f"The notebook had run for {seconds:.0f} seconds when this cell was stopped"
            remarks = (f"{spent}: {_quoted(cell)}. What comes after it was not run.",)
        except DeadKernelError:
            remarks = (f"The kernel ended in this cell: {_quoted(cell)}. What comes after it was not run.",)
        finally:
            end(waiting.child.pid)
    # What a cell prints comes in pieces, cut anywhere: a page of feedback would break its lines there.
    CoalesceStreamsPreprocessor().preprocess(node, {})
    return dict(node), remarks


def _manager(waiting: WaitingKernel, folder: Path) -> AsyncKernelManager:
    """Speaks to the kernel through sockets beside its folder: no port that another kernel could take."""
    manager = AsyncKernelManager(kernel_name="python3", transport="ipc", ip=str(folder.parent / "kernel"))
    manager.connection_file = str(folder.parent / "kernel.json")
    manager.provisioner = ForkedProvisioner(kernel_id="submission", kernel_spec=manager.kernel_spec, parent=manager)
    manager.provisioner.waiting = waiting
    return manager


def _quoted(cell: Any) -> str:
    lines = [line.strip() for line in cell.source.splitlines() if line.strip()]
    return f"`{lines[0][:60]}`" if lines else "an empty one"
