"""The modules that a lab's own code imports: its cells, its solutions, and the files that come with it.

Knows nothing about whether they are installed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import suppress

from dockyard.content.course import Lab
from dockyard.content.notebooks import lab_notebook

__all__ = ["imported"]


def imported(lab: Lab) -> set[str]:
    """Their names: a learner's code will most likely import the same."""
    given = ("".join(cell["source"]) for cell in lab_notebook(lab)["cells"] if cell["cell_type"] == "code")
    solutions, files = (step.solution for step in lab.steps), (file.read_text() for file in lab.folder.glob("*.py"))
    return {name for text in (*given, *solutions, *files) for name in _imports(text)}


def _imports(text: str) -> Iterator[str]:
    with suppress(SyntaxError):  # a cell may hold a magic
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Import):
                yield from (one.name for one in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module
