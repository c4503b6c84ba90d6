"""What stock nbgrader loads of ours: reading submissions, handing out, replaying what the judge found, saving marks.

Knows nothing about how a submission is run or judged. `configure` puts these parts into nbgrader's own lists.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbconvert.preprocessors import ClearMetadataPreprocessor
from nbgrader import preprocessors as stock
from nbgrader.preprocessors import NbGraderPreprocessor

from dockyard.classroom.assignment import HAND_OUT, OURS, check_of
from dockyard.classroom.bundles import Bundle
from dockyard.classroom.course import ClassFolder
from dockyard.classroom.judging import judged, known
from dockyard.classroom.marks import OPEN, told
from dockyard.classroom.submission import read_submission
from dockyard.classroom.warm import warm
from dockyard.content.reading import open_course

__all__ = ["ClearSolutions", "Replay", "SaveAutoGrades", "SubmissionExporter", "configure"]

Pair = tuple[Any, Any]


def configure(c: Any) -> None:
    """Put our parts into nbgrader's configuration; everything else stays stock."""
    c.GenerateAssignment.preprocessors = [
        stock.IncludeHeaderFooter, stock.InstantiateTests, stock.LockCells, ClearSolutions, stock.ClearOutput,
        stock.CheckCellMetadata, stock.ComputeChecksums, stock.SaveCells, stock.ClearHiddenTests,
        stock.ClearMarkScheme, stock.ComputeChecksums, stock.CheckCellMetadata,
    ]  # fmt: skip
    c.Autograde.exporter_class = SubmissionExporter
    c.Autograde.sanitize_preprocessors = [
        stock.ClearOutput, stock.OverwriteKernelspec, stock.OverwriteCells, stock.CheckCellMetadata,
    ]  # fmt: skip
    c.Autograde.autograde_preprocessors = [
        Replay, stock.IgnorePattern, ClearMetadataPreprocessor, stock.LimitOutput, SaveAutoGrades,
        stock.AssignLatePenalties, stock.CheckCellMetadata,
    ]  # fmt: skip
    c.OverwriteCells.add_missing_cells = True


class SubmissionExporter(NotebookExporter):  # type: ignore[misc]
    """Reads a submission as the judge does; what is no notebook becomes the one handed out, and the mark stays open."""

    def from_filename(self, filename: str, resources: Any = None, **more: Any) -> Pair:
        """The notebook through the preprocessors. nbgrader works in the course's folder, so that is where we are."""
        released = ClassFolder.open(Path.cwd()).released(resources["nbgrader"]["assignment"])
        notebook = read_submission(Path(filename), released).notebook
        answer: Pair = self.from_notebook_node(nbformat.from_dict(notebook), resources, **more)
        return answer


class ClearSolutions(stock.ClearSolutions):  # type: ignore[misc]
    """Hands out the lab's own text in a solution's stead; a cell that has none is cleared as nbgrader does."""

    def preprocess_cell(self, cell: Any, resources: Any, cell_index: int) -> Pair:
        """The cell as it is handed out."""
        ours = cell.metadata.pop(OURS, {})
        if HAND_OUT in ours:
            cell.source = ours[HAND_OUT]
            return cell, resources
        cleared: Pair = super().preprocess_cell(cell, resources, cell_index)
        return cleared


class Replay(NbGraderPreprocessor):  # type: ignore[misc]
    """In the place of nbgrader's Execute: writes into the notebook what the judge found. Runs nothing of a learner's.

    Where nobody has judged this submission yet, it is judged now, in a process of its own.
    """

    def preprocess(self, nb: Any, resources: Any) -> Pair:
        """The notebook with outputs and verdicts."""
        about = resources["nbgrader"]
        replay(nb, _bundle(ClassFolder.open(Path.cwd()), about["student"], about["assignment"]))
        return nb, resources


def _bundle(course: ClassFolder, learner: str, lab_id: str) -> Bundle:
    lab = open_course().lab(lab_id)
    if (kept := known(course, learner, lab)) is not None:
        return kept
    with TemporaryDirectory(prefix="dockyard-warm-") as folder, warm(Path(folder), ()) as processes:
        return judged(course, learner, lab, processes)


def replay(nb: Any, bundle: Bundle) -> None:
    """Lay the outputs of the cells that ran beside the cells, the verdicts in the grade cells, the remarks on top."""
    for cell, ran in zip(nb.cells, bundle.executed["cells"], strict=True):
        if cell.cell_type != "code":
            continue
        step = check_of(cell)
        outputs = [told(bundle, step, cell.metadata["nbgrader"]["points"])] if step else ran.get("outputs", [])
        cell.outputs = [nbformat.from_dict(one) for one in outputs]
    if sentences := [*bundle.remarks, *([bundle.unjudged] if bundle.unjudged else [])]:
        text = "\n".join(("**About this submission**", "", *(f"- {sentence}" for sentence in sentences)))
        nb.cells.insert(0, nbformat.v4.new_markdown_cell(text))


class SaveAutoGrades(stock.SaveAutoGrades):  # type: ignore[misc]
    """Saves marks as nbgrader does, but for one that the judge left open: that waits for a person, and is never 0."""

    def _add_score(self, cell: Any, resources: Any) -> None:
        if not any(output.get("data", {}).get("text/plain") == OPEN for output in cell.outputs):
            super()._add_score(cell, resources)
            return
        grade = self.gradebook.find_grade(
            cell.metadata["nbgrader"]["grade_id"], self.notebook_id, self.assignment_id, self.student_id
        )
        grade.auto_score = None
        grade.needs_manual_grade = True
        self.gradebook.db.commit()
