"""A lab played by the book: its given cells and its solutions, in the notebook's order, up to a step or to the end.

Knows nothing about verdicts. What only looks (checks, predictions) and what takes apart (tear-down) is left out; what
no later lab needs (tagged `aside`) is left out where only the outcome counts.
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
#: Cells with this tag, steps too, make nothing that a later lab needs, nor a cell after them without the tag.
ASIDE = "aside"


def play(lab: Lab, rehearsal: Rehearsal) -> None:
    """Play a whole lab for what it leaves. Raises ContentError naming the cell that ended with an error."""
    for name, cell in by_the_book(lab, asides=False):
        if error := rehearsal.run(cell):
            cure = "Install what the labs need where the sandbox runs: pip install 'dockyard[lab]'."
            missing = error.startswith("ModuleNotFoundError")
            raise ContentError(
                f"Cell {name} of {lab.id} ended with an error: {error}.", next_step=cure if missing else ""
            )


def by_the_book(lab: Lab, *, asides: bool = True) -> Iterator[tuple[str, str]]:
    """Each cell to run: for a step its id and its solution, for a given cell its own id and text."""
    for cell in lab_notebook(lab)["cells"]:
        step = tagged(cell, "step:")
        if not asides and ASIDE in _tags(cell):
            continue
        if step:
            yield step, lab.step(step).solution
        elif cell["cell_type"] == "code" and not _tags(cell) & LOOKS:
            yield str(cell.get("id", "")), "".join(cell["source"])


def _tags(cell: dict[str, Any]) -> set[str]:
    return {str(tag).partition(":")[0] for tag in cell.get("metadata", {}).get("tags", [])}
