"""Lint's rule on pace: a learner's first check comes within three minutes of reading.

Knows nothing about how long a learner thinks, types or waits: it counts words of prose and of given code.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dockyard.content import Lab, Places, lab_notebook
from dockyard.content.notebooks import tagged

__all__ = ["first_check"]

WORDS_A_MINUTE = 200
MINUTES = 3


def first_check(lab: Lab, _where: Places) -> Iterator[tuple[Path, str, str]]:
    """At most so many words up to the end of the first cell that is the learner's: its check comes after it."""
    words = 0
    for cell in lab_notebook(lab)["cells"]:
        words += len("".join(cell["source"]).split())
        if step := tagged(cell, "step:"):
            break
    else:
        return  # a notebook without a cell of the learner's has another fault
    if words > MINUTES * WORDS_A_MINUTE:
        yield (
            lab.notebook,
            step,
            f"{words} words of prose and given code stand before the first check: {words / WORDS_A_MINUTE:.1f} minutes "
            f"of reading, and {MINUTES} ({MINUTES * WORDS_A_MINUTE} words) are the most. Move what is not needed yet "
            "to where it is, and code that nobody needs to read into a module beside the notebook.",
        )
