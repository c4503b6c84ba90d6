"""Lint's rule on what is handed out: no solution lies open in a notebook or beside it.

Knows nothing about what the texts mean: it compares lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from dockyard.content import Lab, Places, lab_notebook
from dockyard.content.notebooks import tagged

__all__ = ["solution_text"]

#: So many lines of a solution in a row, found in what is handed out, are a solution handed out.
ROW = 3
#: Shorter lines say nothing: brackets, an import.
WORDY = 12


def solution_text(lab: Lab, _where: Places) -> Iterator[tuple[Path, str, str]]:
    """Three lines in a row of what the learner must write, anywhere in the hand-out."""
    given = {tagged(cell, "step:"): _lines("".join(cell["source"])) for cell in lab_notebook(lab)["cells"]}
    texts = {lab.notebook: "\n".join("".join(cell["source"]) for cell in lab_notebook(lab)["cells"])}
    texts |= {file: _text(file) for file in sorted(lab.folder.iterdir()) if file.is_file() and file != lab.notebook}
    for step in lab.steps:
        own = [line for line in _lines(step.solution) if line not in given.get(step.id, [])]
        rows = [own[place : place + ROW] for place in range(len(own) - ROW + 1)]
        for file, text in texts.items():
            lines = _lines(text)
            if shown := next((row for row in rows if _within(row, lines)), None):
                yield file, step.id, f"It shows what the learner must write: {shown[0]!r} and the lines after it."


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if len(line.strip()) > WORDY]


def _within(row: list[str], lines: list[str]) -> bool:
    return any(lines[place : place + ROW] == row for place in range(len(lines) - ROW + 1))


def _text(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")
