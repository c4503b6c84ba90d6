"""Lint's rule on sources: what a lab puts right says of which month it is, and each point names its page.

Knows nothing about what a page says, and asks no network.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from dockyard.content import Lab, Places, lab_notebook

__all__ = ["more_exactly"]

#: The cell in which a lab says what AWS does more exactly than it, or the study guide, taught.
CELL = "more-exactly"
MONTH = re.compile(
    r"\b(January|February|March|April|May|June|July|August|September|October|November|December) 20\d\d\b"
)
LINK = "](https://"


def more_exactly(lab: Lab, _where: Places) -> Iterator[tuple[Path, str, str]]:
    """The cell has a list, a link in each point of it, and a month before it: a point may name another month."""
    for cell in lab_notebook(lab)["cells"]:
        if cell.get("id") != CELL:
            continue
        text = "".join(cell["source"])
        points = [line for line in text.splitlines() if line.startswith("- ")]
        if not MONTH.search(text.partition("\n- ")[0]):
            yield lab.notebook, "", f"The cell {CELL} does not say of which month it is, such as November 2026."
        if not points:
            yield lab.notebook, "", f"The cell {CELL} has no list: a point each, with the page that says so."
        for point in points:
            if LINK not in point:
                yield lab.notebook, "", f"The cell {CELL} names no page for this: {point[2:50]} …"
