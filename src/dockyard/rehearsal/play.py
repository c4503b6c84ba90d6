"""A lab played by the book: its given cells and its solutions, in the notebook's order, up to a step or to the end.

Knows nothing about verdicts. What only looks (checks, predictions) and what takes apart (tear-down) is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dockyard.content import Lab, lab_notebook
from dockyard.content.notebooks import tagged
from dockyard.errors import ContentError
from dockyard.rehearsal.rehearsal import Rehearsal

__all__ = ["by_the_book", "play"]

#: Cells with these tags make nothing that a later step needs.
LOOKS = frozenset({"check", "predict", "watch", "tear-down"})


def play(lab: Lab, rehearsal: Rehearsal) -> None:
    """Play what later labs build on. Raises ContentError naming the cell that ended with an error.

    A step whose cell is also tagged `watch` leaves nothing that they need, and is passed over.
    """
    passing = {tagged(cell, "step:") for cell in lab_notebook(lab)["cells"] if _looks(cell)}
    for name, cell in by_the_book(lab):
        if name in passing:
            continue
        if error := rehearsal.run(cell):
            cure = "Install what the labs need where the sandbox runs: pip install 'dockyard[lab]'."
            missing = error.startswith("ModuleNotFoundError")
            raise ContentError(
                f"Cell {name} of {lab.id} ended with an error: {error}.", next_step=cure if missing else ""
            )


def by_the_book(lab: Lab) -> Iterator[tuple[str, str]]:
    """Each cell to run: for a step its id and its solution, for a given cell its own id and text."""
    for cell in lab_notebook(lab)["cells"]:
        step = tagged(cell, "step:")
        if step:
            yield step, lab.step(step).solution
        elif cell["cell_type"] == "code" and not _looks(cell):
            yield str(cell.get("id", "")), "".join(cell["source"])


def _looks(cell: dict[str, Any]) -> bool:
    tags = {str(tag).partition(":")[0] for tag in cell.get("metadata", {}).get("tags", [])}
    return bool(tags & LOOKS)
